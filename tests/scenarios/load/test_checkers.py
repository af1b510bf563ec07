"""What a load run is judged by, beside the promises: each planted disagreement is named, and only it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from scenarios.load.aftermath import disagreements
from scenarios.load.webhooks import count, is_settled, not_handled_once
from scenarios.observation import Observation

NINE, TEN = "2025-10-10T07:00:00Z", "2025-10-10T08:00:00.000Z"


def agreeing() -> Observation:
    """Two appointments, their two bookings, and one of each that is over."""
    return Observation(
        appointments=[
            {"id": 1, "calcom_v2_booking_id": "uid-1", "status": "scheduled", "starts_at": NINE},
            {"id": 2, "calcom_v2_booking_id": "uid-2", "status": "requested", "starts_at": NINE},
            {"id": 3, "calcom_v2_booking_id": "uid-3", "status": "cancelled", "starts_at": NINE},
        ],
        bookings=[
            {"uid": "uid-1", "status": "accepted", "start": "2025-10-10T07:00:00.000Z"},
            {"uid": "uid-2", "status": "pending", "start": "2025-10-10T07:00:00.000Z"},
            {"uid": "uid-3", "status": "cancelled", "start": "2025-10-10T07:00:00.000Z"},
        ],
    )


def a_booking_without_a_row(seen: Observation) -> None:
    del seen.appointments[0]


def a_row_without_a_booking(seen: Observation) -> None:
    del seen.bookings[1]


def a_row_on_a_booking_that_is_over(seen: Observation) -> None:
    seen.bookings[0]["status"] = "cancelled"


def a_row_cancelled_here_only(seen: Observation) -> None:
    seen.appointments[1]["status"] = "cancelled"


def a_booking_that_was_moved(seen: Observation) -> None:
    seen.bookings[0]["start"] = TEN


PLANTED: list[tuple[Callable[[Observation], None], str]] = [
    (a_booking_without_a_row, "booking uid-1 stands at Cal.com and has no appointment"),
    (a_row_without_a_booking, "appointment 2 stands on booking uid-2, which is over"),
    (a_row_on_a_booking_that_is_over, "appointment 1 stands on booking uid-1, which is over"),
    (a_row_cancelled_here_only, "booking uid-2 stands at Cal.com and has no appointment"),
    (a_booking_that_was_moved, f"appointment 1 is at {NINE}, its booking uid-1 at {TEN}"),
]


def test_rows_and_bookings_that_agree_are_left_alone() -> None:
    assert list(disagreements(agreeing())) == []


@pytest.mark.parametrize(("plant", "told"), PLANTED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_row_and_a_booking_that_disagree_are_named(plant: Callable[[Observation], None], told: str) -> None:
    seen = agreeing()

    plant(seen)

    assert list(disagreements(seen)) == [told]


def delivery(number: int, body: str, status: int | None = 200, **changes: Any) -> dict[str, Any]:
    told = {"number": number, "trigger": "BOOKING_CREATED", "at": NINE, "body": body, "attempts": 1}
    return told | {"status": status, "error": None if status else "ConnectionError"} | changes


def event(body: str, handled_at: str | None = NINE) -> dict[str, Any]:
    return {"dedup_key": hashlib.sha256(body.encode()).hexdigest(), "handled_at": handled_at}


TWO_TO_TWO_GATEWAYS = [delivery(1, "a"), delivery(2, "a"), delivery(3, "b"), delivery(4, "b", None)]


def test_an_event_to_two_gateways_is_handled_by_one() -> None:
    rows = [event("a"), event("b")]

    counts = count(TWO_TO_TWO_GATEWAYS, rows)

    assert list(not_handled_once(TWO_TO_TWO_GATEWAYS, rows)) == []
    assert (counts.sent, counts.received, counts.events, counts.handled) == (4, 3, 2, 2)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([event("a")], "webhook BOOKING_CREATED of 2025-10-10T07:00:00Z, delivery 3 was received and never handled"),
        (
            [event("a"), event("b", None)],
            "webhook BOOKING_CREATED of 2025-10-10T07:00:00Z, delivery 3 was received and never handled",
        ),
        (
            [event("a"), event("a"), event("b")],
            "webhook BOOKING_CREATED of 2025-10-10T07:00:00Z, delivery 1 is on record 2 times",
        ),
    ],
    ids=["not on record", "begun and not handled", "handled twice"],
)
def test_an_event_that_is_not_handled_exactly_once_is_named(rows: list[dict[str, Any]], told: str) -> None:
    assert list(not_handled_once(TWO_TO_TWO_GATEWAYS, rows)) == [told]


def test_what_nobody_took_need_not_be_handled() -> None:
    refused = [delivery(1, "a", 503), delivery(2, "b", None)]

    assert list(not_handled_once(refused, [])) == []


def test_a_delivery_without_an_outcome_is_under_way() -> None:
    assert is_settled(TWO_TO_TWO_GATEWAYS)
    assert not is_settled([delivery(1, "a", None, error=None)])
