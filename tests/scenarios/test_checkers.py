"""Every checker finds the bug that was planted for it, and only that one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from booking_core.profiles import Promise
from scenarios.checkers import broken_promises
from scenarios.observation import Observation, Response

NOON = datetime(2025, 10, 6, 12, tzinfo=UTC)


def told(call_id: int, status: str, appointment_id: int | None = None, message: str = "") -> Response:
    return Response(
        call_id=call_id,
        retell_call_id=f"c-{call_id}",
        entry="collect",
        at=NOON,
        http_status=200,
        success=status in {"booked", "existing", "recovered"},
        status=status,
        message=message,
        appointment_id=appointment_id,
        alternatives=(),
    )


def healthy() -> Observation:
    """Ada (call 1, customer 1) holds appointment 1; Bob (call 2, customer 2) was refused the same slot."""
    return Observation(
        responses=[told(1, "booked", 1, "gebucht"), told(2, "duplicate")],
        appointments=[
            {"id": 1, "call_id": 1, "customer_id": 1, "calcom_v2_booking_id": "uid-ada", "status": "scheduled"},
        ],
        calls=[
            {"id": 1, "retell_call_id": "c-1", "customer_id": 1, "appointment_id": 1, "booking_metadata": None},
            {"id": 2, "retell_call_id": "c-2", "customer_id": 2, "appointment_id": None, "booking_metadata": None},
        ],
        bookings=[
            {
                "uid": "uid-ada",
                "status": "accepted",
                "metadata": {"call_id": "c-1"},
                "attendees": [{"name": "Ada Byron"}],
            },
        ],
    )


def second_row_on_the_booking(seen: Observation) -> None:
    seen.appointments.append(seen.appointments[0] | {"id": 2, "call_id": 3})


def second_live_appointment_of_the_call(seen: Observation) -> None:
    seen.appointments.append(seen.appointments[0] | {"id": 2, "calcom_v2_booking_id": "uid-other"})


def call_without_its_link(seen: Observation) -> None:
    seen.calls[0]["appointment_id"] = None


def booked_on_anothers_appointment(seen: Observation) -> None:
    seen.responses[1] = told(2, "booked", 1)
    seen.calls[1]["appointment_id"] = 1


def booked_without_a_row(seen: Observation) -> None:
    seen.appointments[0]["status"] = "cancelled"


def booked_without_a_live_booking(seen: Observation) -> None:
    seen.bookings[0]["status"] = "cancelled"


def refused_though_cal_com_holds_it(seen: Observation) -> None:
    seen.bookings.append({"uid": "uid-bob", "status": "accepted", "metadata": {"call_id": "c-2"}, "attendees": []})


def anothers_name_in_the_answer(seen: Observation) -> None:
    seen.responses[1] = told(2, "duplicate", message="Der Termin gehört Ada Byron.")


def anothers_uid_in_the_answer(seen: Observation) -> None:
    seen.responses[1] = told(2, "duplicate", message="uid-ada")


PLANTED: list[tuple[Callable[[Observation], None], Promise]] = [
    (second_row_on_the_booking, Promise.NO_DUPLICATE),
    (second_live_appointment_of_the_call, Promise.NO_DUPLICATE),
    (call_without_its_link, Promise.NO_LOST_LINK),
    (booked_on_anothers_appointment, Promise.NO_FALSEHOOD),
    (booked_without_a_row, Promise.NO_FALSEHOOD),
    (booked_without_a_live_booking, Promise.NO_FALSEHOOD),
    (refused_though_cal_com_holds_it, Promise.NO_FALSEHOOD),
    (anothers_name_in_the_answer, Promise.NO_FALSEHOOD),
    (anothers_uid_in_the_answer, Promise.NO_FALSEHOOD),
]


def test_a_healthy_observation_breaks_no_promise() -> None:
    assert broken_promises(healthy()) == {}


@pytest.mark.parametrize(("plant", "promise"), PLANTED, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_planted_bug_is_found_by_its_checker_alone(plant: Callable[[Observation], None], promise: Promise) -> None:
    seen = healthy()

    plant(seen)

    assert set(broken_promises(seen)) == {promise}


def test_a_checker_leaves_what_it_judges_as_it_was() -> None:
    seen = healthy()
    before: Any = copy.deepcopy((seen.appointments, seen.calls, seen.bookings))

    broken_promises(seen)

    assert (seen.appointments, seen.calls, seen.bookings) == before
