"""A settled attempt may have left its booking at Cal.com: who asks again is looked up before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking_core.domain.commands import CancelAppointment, RescheduleAppointment
from booking_core.domain.model import AttemptState, CalcomBooking
from booking_core.domain.outcomes import Status
from booking_core.ports.calcom import CalcomUnavailableError, Refused
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reconcile import Reconciler
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, NOW, SLOT, Gateway, gateway

LATER = replace(ANNA, retell_call_id="call_anna_later")


class DeafToCancellations(FakeCalcom):
    """Nothing can be given back."""

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        raise CalcomUnavailableError("time-out")


class SilentAboutOne(FakeCalcom):
    """Lists, and does not answer when asked about one booking."""

    about_one = False

    async def fall_silent(self) -> None:
        self.down = True

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        if self.about_one:
            raise CalcomUnavailableError("time-out")
        return await FakeCalcom.get_booking(self, uid)


async def left_behind() -> Gateway:
    """Anna's later call heard of her appointment, whose host has cancelled it since; its own booking was left."""
    desk = gateway()
    desk.calcom = DeafToCancellations(desk.clock, hosts=2, free=desk.calcom.free)
    await desk.book(ANNA)
    heard = await desk.book(LATER, asked_at=NOW)
    first, left = desk.calcom.bookings.values()
    assert (heard.status, left.is_live) == (Status.EXISTING, True)
    desk.calcom.change(first.uid, status="cancelled")
    return desk


async def test_who_asks_again_gets_the_booking_that_was_left_and_no_second_one() -> None:
    desk = await left_behind()

    heard = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))

    left = list(desk.calcom.bookings.values())[-1]
    assert heard.status is Status.RECOVERED
    assert [row.calcom_v2_booking_id for row in desk.live()] == [left.uid]
    assert len(desk.calcom.requests) == 2


async def test_who_asks_again_while_calcom_is_silent_waits_and_gets_the_booking_that_was_left() -> None:
    desk = await left_behind()
    desk.calcom.down = True

    heard = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))
    desk.calcom.down = False
    desk.clock.advance(60)
    await Reconciler(surroundings=desk.surroundings)(apply=True)

    left = list(desk.calcom.bookings.values())[-1]
    assert heard.status is Status.PENDING
    assert [row.calcom_v2_booking_id for row in desk.live()] == [left.uid]
    assert len(desk.calcom.requests) == 2


async def waits_beside_an_appointment() -> tuple[Gateway, SilentAboutOne]:
    """Anna's later call waits; its booking is made, beside the one that she has, and Cal.com is silent."""
    desk = gateway()
    desk.calcom = calcom = SilentAboutOne(desk.clock, hosts=2, free=desk.calcom.free)
    await desk.book(ANNA)
    calcom.faults, calcom.before_giving_up = [Fault.REPLY_LOST], calcom.fall_silent
    waits = await desk.book(LATER, asked_at=NOW)
    assert waits.status is Status.PENDING
    return desk, calcom


async def waits_beside_an_appointment_in_doubt() -> tuple[Gateway, SilentAboutOne]:
    """And her first one is cancelled, which nobody here has heard of."""
    desk, calcom = await waits_beside_an_appointment()
    await AppointmentCanceller(surroundings=desk.surroundings)(
        CancelAppointment(replace(ANNA, retell_call_id="call_anna_cancels"))
    )
    calcom.down, calcom.about_one = False, True
    calcom.change(next(iter(calcom.bookings)), status="cancelled")
    return desk, calcom


def gave_its_booking_back_and_is_settled(desk: Gateway) -> bool:
    """Whether the later call has left nothing, at Cal.com or to be settled."""
    first, own = desk.calcom.bookings.values()
    return first.is_live and not own.is_live and desk.tables.attempts[2].state is AttemptState.REFUSED


async def test_who_asks_again_beside_an_appointment_that_stands_leaves_nothing_to_be_settled() -> None:
    desk, calcom = await waits_beside_an_appointment()
    calcom.down = False

    again = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))

    assert again.status is Status.EXISTING
    assert gave_its_booking_back_and_is_settled(desk)


async def test_reconciliation_leaves_nothing_to_be_settled_beside_an_appointment_that_stands() -> None:
    desk, calcom = await waits_beside_an_appointment()
    calcom.down = False

    desk.clock.advance(60)
    report = await Reconciler(surroundings=desk.surroundings)(apply=True)

    assert report.attempts == ((2, "given up"),)
    assert gave_its_booking_back_and_is_settled(desk)


async def test_reconciliation_does_not_give_a_wish_up_for_an_appointment_that_is_in_doubt() -> None:
    desk, calcom = await waits_beside_an_appointment_in_doubt()

    desk.clock.advance(60)
    first = await Reconciler(surroundings=desk.surroundings)(apply=True)
    calcom.about_one = False
    second = await Reconciler(surroundings=desk.surroundings)(apply=True)

    own = list(calcom.bookings.values())[-1]
    assert [first.attempts[0][1], second.attempts[0][1]] == ["waiting", "booked"]
    assert [row.calcom_v2_booking_id for row in desk.live()] == [own.uid]
    assert own.is_live


async def test_who_asks_again_beside_an_appointment_that_is_in_doubt_waits_for_the_booking() -> None:
    desk, calcom = await waits_beside_an_appointment_in_doubt()

    again = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))
    calcom.about_one = False
    desk.clock.advance(60)
    await Reconciler(surroundings=desk.surroundings)(apply=True)

    own = list(calcom.bookings.values())[-1]
    assert again.status is Status.PENDING
    assert [row.calcom_v2_booking_id for row in desk.live()] == [own.uid]


async def test_who_asks_again_beside_the_calls_own_appointment_in_doubt_is_promised_nothing() -> None:
    desk = gateway()
    desk.calcom = calcom = SilentAboutOne(desk.clock, hosts=2, round_robin=False, free=desk.calcom.free)
    await desk.book(ANNA, SLOT + timedelta(hours=1))
    await AppointmentRescheduler(surroundings=desk.surroundings)(RescheduleAppointment(ANNA, SLOT))
    calcom.faults, calcom.before_giving_up = [Fault.REPLY_LOST], calcom.fall_silent
    waits = await desk.book(ANNA)
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(LATER))
    calcom.down, calcom.about_one = False, True
    (moved,) = (row.calcom_v2_booking_id for row in desk.live())
    calcom.change(moved or "", status="cancelled")

    again = await desk.book(ANNA, asked_at=NOW + timedelta(seconds=9))

    assert [waits.status, again.status] == [Status.PENDING, Status.UNSURE]


async def test_who_was_refused_and_asks_again_is_booked_once_the_time_is_free() -> None:
    desk = gateway()
    await desk.book(BERT)
    refused = await desk.book(ANNA, asked_at=NOW)
    (berts,) = desk.calcom.bookings.values()
    desk.calcom.change(berts.uid, status="cancelled")

    heard = await desk.book(ANNA, asked_at=NOW + timedelta(seconds=9))

    assert (refused.status, heard.status) == (Status.UNAVAILABLE, Status.BOOKED)
