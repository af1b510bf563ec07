"""The service's pure parts: attendees, alternatives, sentences, stored wishes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.commands import BookAppointment as Book
from booking_core.domain.commands import Caller, CreateFromCall, Entry, Language, ListFreeStarts, RecordCall
from booking_core.domain.model import Customer
from booking_core.domain.outcomes import Duplicate, Failed, Pending, Status, Unavailable
from booking_core.profiles import AttendeeIdentity
from booking_core.service.alternatives import local_day, nearest_starts
from booking_core.service.attendee import attendee_for, per_call_email, real_email
from booking_core.service.book_appointment import AppointmentBooker
from booking_core.service.create_from_call import CallBooker
from booking_core.service.list_free_starts import FreeStartsLister
from booking_core.service.messages import answer_outcome
from booking_core.service.record_call import CallRecorder
from tests.booking_core.gateway import ANNA, FALLBACK, SLOT, Gateway, gateway

BERLIN = ZoneInfo("Europe/Berlin")
CUSTOMER = Customer(340, "Anna Amsel", "+491700000001")


@pytest.mark.parametrize(
    ("identity", "email", "phone"),
    [
        (AttendeeIdentity.SHARED, FALLBACK, None),
        (AttendeeIdentity.PER_CALL, "termin+call_anna@example.org", "+491700000001"),
        (AttendeeIdentity.PER_CUSTOMER, "termin+customer-340@example.org", "+491700000001"),
    ],
)
def test_who_a_caller_without_an_address_is(identity: AttendeeIdentity, email: str, phone: str | None) -> None:
    attendee = attendee_for(ANNA, CUSTOMER, identity, FALLBACK)

    assert (attendee.email, attendee.phone) == (email, phone)


@pytest.mark.parametrize("identity", list(AttendeeIdentity))
def test_an_address_of_ones_own_is_sent_as_it_is(identity: AttendeeIdentity) -> None:
    caller = Caller("call_anna", "Anna Amsel", email="Anna@Example.net")

    assert attendee_for(caller, CUSTOMER, identity, FALLBACK).email == "Anna@Example.net"


@pytest.mark.parametrize("email", [None, "", FALLBACK, FALLBACK.upper(), "termin+call_x@example.org"])
def test_the_fallback_and_its_plus_addresses_are_nobodys_own(email: str | None) -> None:
    assert real_email(email, FALLBACK) is None


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_every_call_has_a_short_safe_address_of_its_own(one: str, two: str) -> None:
    address = per_call_email(one, FALLBACK)

    local, _, domain = address.partition("@")
    assert domain == "example.org"
    assert len(local) <= 64
    assert local.isascii()
    assert (address == per_call_email(two, FALLBACK)) == (one == two)


@given(st.lists(st.integers(-2000, 2000)), st.integers(-2000, 2000), st.integers(1, 5))
def test_alternatives_are_the_nearest_with_the_same_day_first(quarters: list[int], wanted: int, count: int) -> None:
    base = datetime(2025, 10, 26, tzinfo=UTC)
    free = [base + timedelta(minutes=15 * quarter) for quarter in quarters]
    start = base + timedelta(minutes=15 * wanted)

    offered = nearest_starts(free, start, BERLIN, count)

    def rank(other: datetime) -> tuple[bool, timedelta]:
        return other.astimezone(BERLIN).date() != start.astimezone(BERLIN).date(), abs(other - start)

    left = {other for other in free if other != start} - set(offered)
    assert [rank(other) for other in offered] == sorted(rank(other) for other in offered)
    assert len(offered) == count or not left
    assert all(rank(other) >= rank(offered[-1]) for other in left)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 10, 10), 24)]
)
def test_a_local_day_has_as_many_hours_as_its_clocks(day: date, hours: int) -> None:
    start, end = local_day(day, BERLIN)

    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize("outcome", [Duplicate((SLOT,)), Unavailable((SLOT,)), Pending(), Failed("because")])
@pytest.mark.parametrize("language", list(Language))
def test_only_success_is_called_booked(outcome: Duplicate | Unavailable | Pending | Failed, language: Language) -> None:
    answer = answer_outcome(outcome, SLOT, BERLIN, language)

    assert not answer.success
    assert "gebucht" not in answer.message
    assert "booked" not in answer.message
    assert "because" not in answer.message


async def _after_call(desk: Gateway) -> CallBooker:
    return CallBooker(surroundings=desk.surroundings, book=AppointmentBooker(surroundings=desk.surroundings))


async def test_a_recorded_wish_is_booked_after_the_call() -> None:
    desk = gateway()
    wish = Book(ANNA, SLOT, "Beratung", Entry.AFTER_CALL)
    await CallRecorder(surroundings=desk.surroundings)(RecordCall("call_anna", ANNA.phone))
    await CallRecorder(surroundings=desk.surroundings)(RecordCall("call_anna", ANNA.phone, wish))

    answer = await (await _after_call(desk))(CreateFromCall("call_anna"))

    assert answer.status is Status.BOOKED
    assert [a.call_id for a in desk.live()] == [desk.call_of(ANNA).id]


@pytest.mark.parametrize("known", [True, False])
async def test_a_call_without_a_wish_books_nothing(*, known: bool) -> None:
    desk = gateway()
    if known:
        await CallRecorder(surroundings=desk.surroundings)(RecordCall("call_anna"))

    answer = await (await _after_call(desk))(CreateFromCall("call_anna"))

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert desk.calcom.requests == []


async def test_the_free_times_of_a_day_are_all_told() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await FreeStartsLister(surroundings=desk.surroundings)(ListFreeStarts(ANNA, date(2025, 10, 10)))

    assert (answer.success, answer.status, len(answer.alternatives)) == (True, Status.AVAILABLE, 31)
    assert answer.message.startswith("Frei sind am 10.10.2025: 08:15, 08:30,")


async def test_a_day_without_free_times_and_a_silent_calcom_are_told_apart() -> None:
    desk = gateway()
    lister = FreeStartsLister(surroundings=desk.surroundings)

    full = await lister(ListFreeStarts(ANNA, date(2025, 10, 11)))
    desk.calcom.down = True
    silent = await lister(ListFreeStarts(ANNA, date(2025, 10, 11)))

    assert (full.status, silent.status) == (Status.UNAVAILABLE, Status.ERROR)
