from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.model import Appointment, AppointmentStatus, Call, CallRelation
from booking_core.repair.links import Ledger, MissingLink, find_missing_links, find_orphan_calls, wanted_start

START = datetime(2025, 10, 10, 9, 0, tzinfo=UTC)
CAME = datetime(2025, 10, 6, 16, 22, 1, tzinfo=UTC)
HELD = Appointment(
    id=640,
    call_id=682,
    customer_id=340,
    service_id=1,
    starts_at=START,
    ends_at=START + timedelta(minutes=15),
    status=AppointmentStatus.SCHEDULED,
    calcom_v2_booking_id="bT1L",
    calcom_booking_number=1,
    created_at=CAME - timedelta(hours=20),
)
CALL = Call(
    id=766,
    retell_call_id="call_7d4d",
    created_at=CAME,
    customer_id=340,
    booking_details={"starts_at": START.isoformat()},
)


def test_a_call_is_linked_to_what_its_customer_held_at_that_start() -> None:
    assert find_missing_links([CALL], Ledger([HELD], [], [])) == [
        MissingLink(766, 640, CallRelation.DUPLICATE_ATTEMPT, 682)
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"customer_id": 338}, "its customer held no appointment at that time", id="somebody-else"),
        pytest.param({"customer_id": None}, "its customer is not known", id="unknown-customer"),
        pytest.param({"booking_details": {"starts_at": "soon"}}, "its booking details name no start", id="no-start"),
        pytest.param(
            {"booking_details": {"starts_at": 7}}, "its booking details name no start", id="start-of-wrong-type"
        ),
        pytest.param(
            {"booking_details": {"starts_at": (START + timedelta(days=7)).isoformat()}},
            "its customer held no appointment at that time",
            id="a-week-later",
        ),
        pytest.param(
            {"created_at": HELD.created_at - timedelta(seconds=1)},
            "its customer held no appointment at that time",
            id="booked-only-after-the-call",
        ),
    ],
)
def test_a_call_without_a_remedy_says_why(change: dict[str, Any], reason: str) -> None:
    call = replace(CALL, **change)
    ledger = Ledger([HELD], [], [])

    (orphan,) = find_orphan_calls([call], ledger)

    assert (orphan.link, orphan.reason) == (None, reason)
    assert find_missing_links([call], ledger) == []


def test_a_cancelled_appointment_is_not_held_but_still_its_own_calls() -> None:
    cancelled = replace(HELD, status=AppointmentStatus.CANCELLED)
    maker = replace(CALL, id=682)

    links = find_missing_links([maker, CALL], Ledger([cancelled], [], []))

    assert links == [MissingLink(682, 640, CallRelation.ORIGINAL, 682)]


def test_a_call_that_points_to_its_appointment_only_lacks_the_relation() -> None:
    call = replace(CALL, id=682, appointment_id=640)

    assert find_missing_links([call], Ledger([HELD], [], [])) == [MissingLink(682, 640, CallRelation.ORIGINAL, 682)]
    assert find_missing_links([call], Ledger([HELD], [], [(640, 682)])) == []


@given(st.none() | st.dictionaries(st.just("starts_at"), st.text() | st.integers() | st.datetimes().map(str)))
def test_whatever_the_details_hold_the_start_is_an_instant_or_none(details: dict[str, Any] | None) -> None:
    start = wanted_start(details)

    assert start is None or start.utcoffset() == timedelta(0)
