"""What the record says may be over at Cal.com: nobody is promised what nobody can vouch for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from booking_core.domain.commands import CancelAppointment, RescheduleAppointment
from booking_core.domain.model import BookingRequest, CalcomBooking
from booking_core.domain.outcomes import Status
from booking_core.ports.calcom import CalcomUnavailableError, Refused
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, SLOT, Gateway, gateway

LATER = replace(ANNA, retell_call_id="call_anna_later")
NEW = SLOT + timedelta(hours=2)


class LosesCancellations(FakeCalcom):
    """Cancels, and then nothing more is heard of it."""

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        await FakeCalcom.cancel_booking(self, uid, reason)
        self.down = True
        raise CalcomUnavailableError("time-out")


async def cancelled_without_a_reply() -> Gateway:
    """Anna's appointment is cancelled at Cal.com, she was told that nobody knows, and Cal.com is silent."""
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom = LosesCancellations(desk.clock, free=desk.calcom.free, bookings=desk.calcom.bookings)
    answer = await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(LATER))
    assert answer.status is Status.ERROR
    return desk


async def moved_without_a_reply() -> Gateway:
    """Anna's appointment is moved at Cal.com, she was told to wait, and Cal.com is silent."""
    desk = gateway()
    await desk.book(ANNA)
    (booking,) = desk.calcom.bookings.values()
    await desk.calcom.reschedule_booking(booking.uid, NEW, "the reply is lost")
    desk.calcom.down = True
    await AppointmentRescheduler(surroundings=desk.surroundings)(RescheduleAppointment(LATER, NEW, old_start=SLOT))
    return desk


@pytest.mark.parametrize("changed", [cancelled_without_a_reply, moved_without_a_reply], ids=["cancel", "move"])
async def test_what_was_to_be_changed_is_not_promised_while_calcom_is_silent(
    changed: Callable[[], Awaitable[Gateway]],
) -> None:
    desk = await changed()

    answer = await desk.book(ANNA)

    assert (answer.success, answer.status, answer.confirmation) == (False, Status.UNSURE, "error")
    assert "noch besteht" in answer.message
    assert len(desk.live()) == 1


@pytest.mark.parametrize("changed", [cancelled_without_a_reply, moved_without_a_reply], ids=["cancel", "move"])
async def test_while_an_appointment_is_in_doubt_its_call_gets_no_other_time_either(
    changed: Callable[[], Awaitable[Gateway]],
) -> None:
    desk = await changed()

    answer = await desk.book(ANNA, SLOT + timedelta(hours=5))

    assert answer.status is Status.UNSURE
    assert "um 08:00 Uhr noch besteht" in answer.message
    assert len(desk.tables.attempts) == 1


async def test_what_nobody_wanted_to_change_is_believed_while_calcom_is_silent() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.down = True

    assert (await desk.book(ANNA)).status is Status.RECOVERED


async def test_when_calcom_is_back_the_cancelled_time_is_booked_anew_and_the_moved_appointment_found() -> None:
    cancelled, moved = await cancelled_without_a_reply(), await moved_without_a_reply()
    cancelled.calcom.down = moved.calcom.down = False

    assert (await cancelled.book(ANNA)).status is Status.BOOKED
    assert (await moved.book(ANNA)).status is Status.RECOVERED
    assert [row.starts_at for row in moved.live()] == [NEW]


@dataclass(slots=True)
class GivesBackMeanwhile(FakeCalcom):
    """While the gateway asks for the booking of an older appointment, reconciliation gives the new one back."""

    watched: str = ""

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        found = await FakeCalcom.get_booking(self, uid)
        if uid == self.watched:
            self.watched = ""
            for booking in self.live_at(SLOT):
                self.change(booking.uid, status="cancelled")
        return found


@pytest.mark.parametrize(
    ("faults", "skew_s"),
    [([], 0.0), ([Fault.REPLY_LOST], 0.0), ([], -3600.0)],
    ids=["answered", "found again", "turned down by a layer"],
)
async def test_a_booking_that_was_given_back_while_another_was_asked_for_is_not_promised(
    faults: list[Fault], skew_s: float
) -> None:
    desk = gateway()
    await desk.book(ANNA)
    (dead,) = desk.calcom.bookings.values()
    desk.calcom.change(dead.uid, status="cancelled")
    desk.calcom = GivesBackMeanwhile(
        desk.clock,
        free=desk.calcom.free,
        bookings=desk.calcom.bookings,
        faults=faults,
        skew_s=skew_s,
        watched=dead.uid,
    )

    answer = await desk.book(LATER)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert desk.live() == []


async def test_a_late_create_of_a_given_up_appointment_is_its_next_askers() -> None:
    anna = replace(ANNA, email="anna@example.net")
    desk = gateway()
    await desk.book(anna)
    (first,) = desk.calcom.bookings.values()
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(replace(anna, retell_call_id="c-2")))
    assert first.attendee is not None
    held_back = desk.calcom.add(BookingRequest(2563193, SLOT, first.attendee, first.metadata))

    answer = await desk.book(replace(anna, retell_call_id="call_anna_later"))

    (row,) = desk.live()
    assert answer.status is Status.RECOVERED
    assert (row.call_id, row.calcom_v2_booking_id) == (desk.call_of(LATER).id, held_back.uid)
