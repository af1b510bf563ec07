"""Cancelling and moving: Cal.com first, then here; a repeat of the call does nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking_core.domain.commands import Caller, CancelAppointment, RescheduleAppointment
from booking_core.domain.model import BookingRequest, CallRelation
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import CreateResult, Refused
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reconcile import Reconciler
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, SLOT, Gateway, gateway

LATER = replace(ANNA, retell_call_id="call_anna_later")
NEW = SLOT + timedelta(hours=2)


async def cancel(desk: Gateway, caller: Caller = LATER) -> CallerAnswer:
    return await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(caller))


async def move(desk: Gateway, caller: Caller = LATER) -> CallerAnswer:
    command = RescheduleAppointment(caller, NEW, old_start=SLOT)
    return await AppointmentRescheduler(surroundings=desk.surroundings)(command)


async def test_cancelling_cancels_there_and_here() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await cancel(desk)

    assert (answer.success, answer.status) == (True, Status.CANCELLED)
    assert desk.live() == []
    assert [b.status for b in desk.calcom.bookings.values()] == ["cancelled"]
    relation = (1, desk.call_of(LATER).id, CallRelation.CANCELLATION_ATTEMPT)
    assert relation in desk.tables.appointment_calls


async def test_a_repeat_of_the_call_does_not_cancel_the_next_appointment() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await desk.book(replace(ANNA, retell_call_id="call_anna_second"), NEW)
    await cancel(desk)

    answer = await cancel(desk)

    assert answer.status is Status.CANCELLED
    assert [a.starts_at for a in desk.live()] == [NEW]


async def test_nobody_cancels_somebody_elses_appointment() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await cancel(desk, BERT)

    assert (answer.success, answer.status) == (False, Status.NOT_FOUND)
    assert len(desk.live()) == 1


async def test_an_unconfirmed_cancellation_is_not_called_done() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.down = True

    answer = await cancel(desk)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert len(desk.live()) == 1


async def test_a_slot_cancelled_in_a_call_can_be_booked_again_in_it() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await cancel(desk, ANNA)

    answer = await desk.book(ANNA)

    assert answer.status is Status.BOOKED
    assert len(desk.live()) == 1


async def test_moving_keeps_the_appointment_and_follows_the_booking() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await move(desk)

    assert (answer.success, answer.status, answer.appointment_id) == (True, Status.RESCHEDULED, 1)
    assert "10:00" in answer.message
    (appointment,) = desk.live()
    assert appointment.starts_at == NEW
    assert desk.calcom.bookings[appointment.calcom_v2_booking_id or ""].is_live


async def test_a_repeat_of_the_call_finds_it_moved() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await move(desk)

    answer = await move(desk)

    assert answer.status is Status.RESCHEDULED
    assert len(desk.calcom.bookings) == 2


async def test_a_move_whose_reply_was_lost_is_found() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.faults = [Fault.REPLY_LOST]

    answer = await move(desk)

    assert answer.status is Status.RESCHEDULED
    assert [a.starts_at for a in desk.live()] == [NEW]


async def test_a_move_that_may_still_happen_is_pending() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.faults = [Fault.REQUEST_LOST]

    answer = await move(desk)

    assert (answer.success, answer.status) == (False, Status.PENDING)
    assert [a.starts_at for a in desk.live()] == [SLOT]


async def test_a_taken_time_is_answered_with_others() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await desk.book(BERT, NEW)

    answer = await move(desk)

    assert (answer.success, answer.status) == (False, Status.UNAVAILABLE)
    assert NEW not in answer.alternatives
    assert len(answer.alternatives) == 3
    assert [a.starts_at for a in desk.live()] == [SLOT, NEW]


class HandsBackAnother(FakeCalcom):
    """Round robin: the attendee's booking at the new time comes back, the old one stays accepted."""

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        attendee = self.bookings[uid].attendee
        assert attendee is not None
        return await self.create_booking(BookingRequest(2563193, start, attendee, {}))


async def test_another_booking_answered_to_a_move_moves_nothing() -> None:
    desk = gateway()
    desk.calcom = HandsBackAnother(desk.clock, free=desk.calcom.free)
    await desk.book(ANNA)

    answer = await move(desk)

    assert answer.status is Status.UNAVAILABLE
    assert [a.starts_at for a in desk.live()] == [SLOT]


async def test_nothing_sent_means_nothing_moved() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.down = True

    answer = await move(desk)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert [a.starts_at for a in desk.live()] == [SLOT]


async def test_cancelling_what_the_host_has_moved_cancels_it_where_it_is_now() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await desk.calcom.reschedule_booking(first.uid, SLOT + timedelta(hours=1), "by the host")

    answer = await cancel(desk)

    assert answer.status is Status.CANCELLED
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


@dataclass(slots=True)
class DoesBoth(FakeCalcom):
    """A cancellation that has passed Cal.com's checks and is not written yet does not stop a move."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        if self.meanwhile is None:
            return await FakeCalcom.cancel_booking(self, uid, reason)
        meanwhile, self.meanwhile = self.meanwhile, None
        await meanwhile()
        return None


async def test_cancelling_what_is_moved_at_the_same_time_cancels_what_the_move_has_made() -> None:
    desk = gateway()
    await desk.book(ANNA)
    calcom = DoesBoth(desk.clock, free=desk.calcom.free, bookings=desk.calcom.bookings)
    desk.calcom = calcom
    calcom.meanwhile = lambda: move(desk, replace(ANNA, retell_call_id="call_anna_moves"))

    answer = await cancel(desk)

    assert answer.status is Status.CANCELLED
    assert desk.live() == []
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


async def test_cancelling_what_the_host_has_cancelled_is_done() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await desk.calcom.cancel_booking(first.uid, "by the host")

    assert (await cancel(desk)).status is Status.CANCELLED
    assert desk.live() == []


@dataclass(slots=True)
class CancelsMeanwhile(FakeCalcom):
    """Between Cal.com's move and its answer, the same customer cancels; the two overlap at Cal.com, too."""

    desk: Gateway | None = None
    cancelled: CallerAnswer | None = None

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        assert self.desk is not None
        self.cancelled = await cancel(self.desk)
        self.change(uid, status="accepted")
        return await FakeCalcom.reschedule_booking(self, uid, start, reason)


async def test_who_cancels_while_it_is_being_moved_has_no_appointment_in_the_end() -> None:
    desk = gateway()
    calcom = CancelsMeanwhile(desk.clock, free=desk.calcom.free, desk=desk)
    desk.calcom = calcom
    await desk.book(ANNA)
    command = RescheduleAppointment(replace(ANNA, retell_call_id="call_anna_again"), SLOT + timedelta(hours=1))

    moved = await AppointmentRescheduler(surroundings=desk.surroundings)(command)

    assert calcom.cancelled is not None
    assert (calcom.cancelled.status, moved.success) == (Status.CANCELLED, False)
    assert desk.live() == []
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


async def test_reconciliation_gives_back_what_was_moved_while_its_customer_cancelled() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await cancel(desk)
    desk.calcom.change(first.uid, status="accepted")
    await desk.calcom.reschedule_booking(first.uid, SLOT + timedelta(hours=1), "by the host")
    desk.clock.advance(60)

    await Reconciler(surroundings=desk.surroundings)(apply=True)

    assert desk.live() == []
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())
