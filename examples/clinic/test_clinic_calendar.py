"""The clinic's own tests: its client against a fake Cal.com, on a clock and with faults that the test decides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest
from clinic_calendar import ClinicCalendar, Patient, SlotTakenError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scenarios.pytest_fake import ClockHandle, RunningFake
    from scenarios.pytest_simulated import OpenSimulatedCalcom

TUESDAY = "2025-10-07T12:00:00Z"
ADA = Patient("Ada Krause", "ada@example.com", "wish-1")
BOB = Patient("Bob Hahn", "bob@example.com", "wish-2")
WORLD = {
    "clock": "2025-10-06T08:00:00Z",
    "users": [{"key": "MARTA", "name": "Marta Lind", "email": "marta@example.com", "timeZone": "Europe/Berlin"}],
    "schedules": [{"owner": "MARTA", "timeZone": "Europe/Berlin"}],
    "event_types": [
        {"key": "VISIT", "owner": "MARTA", "slug": "visit", "title": "Visit", "lengthInMinutes": 45},
        {
            "key": "CHECK_UP", "team": "CLINIC", "slug": "check-up", "title": "Check-up", "lengthInMinutes": 30,
            "schedulingType": "ROUND_ROBIN", "hosts": [{"user": "MARTA"}],
        },
    ],
}  # fmt: skip


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def calendar(fake_calcom: RunningFake, session: aiohttp.ClientSession) -> ClinicCalendar:
    """The client under test, pointed at the fake."""
    fake_calcom.world(WORLD)
    return ClinicCalendar(session, fake_calcom.url, fake_calcom.api_key("MARTA"), fake_calcom.event_type_id("VISIT"))


async def test_a_free_time_is_booked_and_confirmed_by_mail(calendar: ClinicCalendar, fake_calcom: RunningFake) -> None:
    free = await calendar.free_times("2025-10-07")

    uid = await calendar.book(free[0], ADA)

    assert {mail.to for mail in fake_calcom.emails if mail.booking_uid == uid} == {
        "ada@example.com",
        "marta@example.com",
    }
    assert fake_calcom.fired == ["BOOKING_CREATED"]


async def test_a_taken_time_is_refused(calendar: ClinicCalendar, fake_calcom: RunningFake) -> None:
    taken = {
        "eventType": "VISIT",
        "start": TUESDAY,
        "attendee": {"name": "Eva", "email": "eva@example.com", "timeZone": "UTC"},
    }
    fake_calcom.world(WORLD, bookings=[taken])

    with pytest.raises(SlotTakenError):
        await calendar.book(TUESDAY, ADA)


async def test_a_cancelled_time_can_be_booked_again(calendar: ClinicCalendar) -> None:
    uid = await calendar.book(TUESDAY, ADA)

    await calendar.cancel(uid)

    assert await calendar.book(TUESDAY, BOB) != uid


async def test_a_lost_answer_makes_one_booking(calendar: ClinicCalendar, fake_calcom: RunningFake) -> None:
    fake_calcom.faults.add(operation="createBooking", nth=1, effect="drop_after")

    uid = await calendar.book(TUESDAY, ADA)

    fake_calcom.faults.refuse_unused()
    fake_calcom.journal.verify("createBooking", 1)
    fake_calcom.journal.in_order("createBooking", "listBookings")
    assert fake_calcom.emails[0].booking_uid == uid


async def test_a_lost_request_is_sent_again(calendar: ClinicCalendar, fake_calcom: RunningFake) -> None:
    fake_calcom.faults.add(operation="createBooking", nth=1, effect="drop_before")

    await calendar.book(TUESDAY, ADA)

    fake_calcom.journal.verify("createBooking", 2)
    assert fake_calcom.journal.duplicate_effects() == []


async def test_a_time_that_has_passed_is_not_offered(calendar: ClinicCalendar, calcom_clock: ClockHandle) -> None:
    in_the_morning = await calendar.free_times("2025-10-07")
    calcom_clock.set("2025-10-07T13:00:00Z")

    in_the_afternoon = await calendar.free_times("2025-10-07")

    assert len(in_the_afternoon) < len(in_the_morning)


async def test_an_old_booking_of_the_same_address_is_not_taken_for_a_new_one(
    fake_calcom: RunningFake, session: aiohttp.ClientSession
) -> None:
    fake_calcom.world(WORLD)
    check_up = fake_calcom.event_type_id("CHECK_UP")
    calendar = ClinicCalendar(session, fake_calcom.url, fake_calcom.api_key("MARTA"), check_up)
    await calendar.book(TUESDAY, ADA)

    with pytest.raises(SlotTakenError):  # Cal.com answers 201 with Ada's booking
        await calendar.book(TUESDAY, Patient("Max Berg", "ada@example.com", "wish-3"))


@pytest.mark.simulated_seeds(25)
async def test_two_patients_never_share_a_time(simulated_calcom: OpenSimulatedCalcom) -> None:
    async with simulated_calcom(WORLD) as calcom, calcom.session() as session:
        key, number = calcom.keys.users["MARTA"]["api_key"], calcom.keys.event_types["VISIT"]["id"]
        calendar = ClinicCalendar(session, calcom.url, key, number)

        told = await asyncio.gather(
            *(calendar.book("2026-03-10T12:00:00Z", patient) for patient in (ADA, BOB)), return_exceptions=True
        )

        assert sorted(type(each).__name__ for each in told) == ["SlotTakenError", "str"]
