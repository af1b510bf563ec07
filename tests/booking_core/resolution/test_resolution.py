"""Whose booking a turned-down answer is: the table of resolution, and rules that hold for every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.model import Appointment, AppointmentStatus, Attendee, CalcomBooking, Call
from booking_core.resolution import (
    AdoptAndLink,
    Asker,
    Decision,
    Known,
    LinkExisting,
    RecoverOwn,
    Reopen,
    TakeOver,
    TurnAway,
    is_own,
    is_same_person,
    resolve_answer,
    resolve_refusal,
)

NOW = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(days=4)
ASKER = Asker(
    688, "call_own", 338, "Anna Amsel", "+491700000001", "anna@b.example", frozenset({"key-1"}), "t+own@b.example"
)
ROW = Appointment(642, 687, 338, 1, AHEAD, AHEAD + timedelta(minutes=15), AppointmentStatus.SCHEDULED, "uid", 1, NOW)
OTHERS = Attendee("Bert Biber", "termin@b.example")
BOOKING = CalcomBooking("uid", 1, "accepted", AHEAD, ROW.ends_at, 7, NOW, {"call_id": "call_other"}, OTHERS)
OWN = replace(BOOKING, metadata={"call_id": "call_own"})
ORIGINAL = Call(687, "call_other", NOW, customer_id=338)
ANNA = Attendee("Anna Amsel", "anna@b.example")


@pytest.mark.parametrize(
    ("booking", "known", "expected"),
    [
        (OWN, Known(), RecoverOwn()),
        (OWN, Known(replace(ROW, call_id=688)), RecoverOwn()),
        (OWN, Known(replace(ROW, call_id=688, status=AppointmentStatus.CANCELLED)), "reopen"),
        (BOOKING, Known(ROW), LinkExisting(ROW)),
        (BOOKING, Known(replace(ROW, starts_at=NOW)), TurnAway(foreign=False)),
        (BOOKING, Known(replace(ROW, status=AppointmentStatus.CANCELLED)), "reopen"),
        (BOOKING, Known(replace(ROW, customer_id=342)), TurnAway(foreign=True)),
        (BOOKING, Known(replace(ROW, customer_id=342, status=AppointmentStatus.CANCELLED)), TurnAway(foreign=True)),
        (BOOKING, Known(), TurnAway(foreign=True)),
        (BOOKING, Known(None, ORIGINAL), AdoptAndLink(687)),
        (BOOKING, Known(None, ORIGINAL, given_up=True), TakeOver()),
        (OWN, Known(given_up=True), RecoverOwn()),
        (replace(BOOKING, start=NOW), Known(None, ORIGINAL, given_up=True), TurnAway(foreign=False)),
        (BOOKING, Known(None, replace(ORIGINAL, customer_id=342)), TurnAway(foreign=True)),
        (replace(BOOKING, attendee=ANNA), Known(), AdoptAndLink(None)),
        (replace(BOOKING, attendee=ANNA, start=NOW), Known(), TurnAway(foreign=False)),
        (replace(OWN, status="cancelled"), Known(), TurnAway(foreign=False)),
        (replace(BOOKING, metadata={}), Known(replace(ROW, call_id=688)), RecoverOwn()),
    ],
)
def test_the_table(booking: CalcomBooking, known: Known, expected: Decision | str) -> None:
    decision = resolve_answer(booking, ASKER, known, NOW)

    if expected == "reopen":
        assert decision == Reopen(known.appointment) if known.appointment else False
    else:
        assert decision == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (None, None),
        (ROW, LinkExisting(ROW)),
        (replace(ROW, call_id=688), RecoverOwn()),
        (replace(ROW, starts_at=NOW), None),
    ],
)
def test_a_refused_slot_may_be_the_customers_own(held: Appointment | None, expected: Decision | None) -> None:
    assert resolve_refusal(held, ASKER, NOW) == expected


@pytest.mark.parametrize(
    ("metadata", "attendee", "own"),
    [
        ({"call_id": "call_own"}, OTHERS, True),
        ({"call_id": "call_other", "attempt_key": "key-1"}, OTHERS, False),
        ({"attempt_key": "key-1"}, OTHERS, True),
        ({"attempt_key": "key-2"}, OTHERS, False),
        ({}, Attendee("Anna Amsel", "t+own@b.example"), True),
        ({}, Attendee("Anna Amsel", "t@b.example"), False),
        ({}, None, False),
    ],
)
def test_what_makes_a_booking_the_calls_own(metadata: dict[str, str], attendee: Attendee | None, own: bool) -> None:
    assert is_own(replace(BOOKING, metadata=metadata, attendee=attendee), ASKER) is own


@pytest.mark.parametrize(
    ("attendee", "same"),
    [
        (Attendee("Whoever", None, "+49 170 0000001"), True),
        (Attendee("Anna Amsel", "anna@b.example", "+491700000002"), False),
        (Attendee("ANNA  amsel", "Anna@B.example"), True),
        (Attendee("Anna", "anna@b.example"), False),
        (Attendee("Anna Amsel", None), False),
    ],
)
def test_the_same_person_is_told_by_phone_else_by_name_and_address(attendee: Attendee, same: bool) -> None:
    assert is_same_person(attendee, ASKER) is same


instants = st.sampled_from([NOW - timedelta(days=1), NOW, AHEAD])
rows = st.none() | st.builds(
    Appointment,
    id=st.integers(1, 3),
    call_id=st.sampled_from([None, 687, 688]),
    customer_id=st.sampled_from([338, 342]),
    service_id=st.just(1),
    starts_at=instants,
    ends_at=st.just(AHEAD),
    status=st.sampled_from(AppointmentStatus),
    calcom_v2_booking_id=st.just("uid"),
    calcom_booking_number=st.just(1),
    created_at=st.just(NOW),
)
calls = st.none() | st.builds(
    Call, st.sampled_from([687]), st.just("call_other"), st.just(NOW), st.sampled_from([None, 338, 342])
)
attendees = st.sampled_from([None, OTHERS, ANNA, Attendee("Bert Biber", None, "+491700000002")])
bookings = st.builds(
    CalcomBooking,
    uid=st.just("uid"),
    number=st.just(1),
    status=st.sampled_from(["accepted", "pending", "cancelled", "rejected"]),
    start=instants,
    end=st.just(AHEAD),
    event_type_id=st.just(7),
    created_at=st.none() | instants,
    metadata=st.sampled_from([{}, {"call_id": "call_other"}, {"call_id": "call_own"}, {"attempt_key": "key-1"}]),
    attendee=attendees,
)


@given(bookings, rows, calls)
def test_a_row_of_another_customer_is_never_touched(
    booking: CalcomBooking, row: Appointment | None, call: Call | None
) -> None:
    decision = resolve_answer(booking, ASKER, Known(row, call), NOW)

    if row is not None and row.customer_id != ASKER.customer_id and not is_own(booking, ASKER):
        assert decision == TurnAway(foreign=True)


@given(bookings, rows, calls)
def test_what_is_over_at_calcom_gives_nobody_an_appointment(
    booking: CalcomBooking, row: Appointment | None, call: Call | None
) -> None:
    decision = resolve_answer(booking, ASKER, Known(row, call), NOW)

    assert booking.is_live or isinstance(decision, TurnAway)


@given(bookings, rows, calls)
def test_the_calls_own_live_booking_is_never_lost(
    booking: CalcomBooking, row: Appointment | None, call: Call | None
) -> None:
    decision = resolve_answer(booking, ASKER, Known(row, call), NOW)

    if booking.is_live and is_own(booking, ASKER):
        assert isinstance(decision, RecoverOwn | Reopen)


@given(bookings, calls, attendees)
def test_a_shared_address_adopts_nothing(booking: CalcomBooking, call: Call | None, attendee: Attendee | None) -> None:
    nobody = replace(ASKER, phone=None, email=None)
    unknown = replace(call, customer_id=None) if call else None
    booking = replace(booking, metadata={"call_id": "call_other"}, attendee=attendee)

    assert isinstance(resolve_answer(booking, nobody, Known(None, unknown), NOW), TurnAway)
