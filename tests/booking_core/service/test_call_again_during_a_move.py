"""A call that comes again while its appointment is being moved: over at Cal.com, not yet written down here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from booking_core.domain.commands import ReceiveWebhook, RescheduleAppointment
from booking_core.domain.model import CalcomBooking
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import CalcomUnavailableError, CreateResult
from booking_core.service.receive_webhook import WebhookReceiver
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import FakeCalcom
from tests.booking_core.gateway import ANNA, SLOT, Gateway, gateway

LATER = replace(ANNA, retell_call_id="call_anna_later")
NEW = SLOT + timedelta(hours=2)
OTHER = SLOT + timedelta(hours=1)


@dataclass(slots=True)
class AsksMeanwhile(FakeCalcom):
    """Between Cal.com's move and its answer, the call that booked asks again; `lists` says whether lists answer."""

    desk: Gateway | None = None
    asks_for: datetime = SLOT
    lists: bool = True
    meanwhile: CallerAnswer | None = None

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        result = await FakeCalcom.reschedule_booking(self, uid, start, reason)
        assert self.desk is not None
        self.meanwhile = await self.desk.book(ANNA, self.asks_for)
        return result

    async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
        if not self.lists:
            raise CalcomUnavailableError("rate-limited")
        return await FakeCalcom.list_bookings(self, after_start, before_end)


def busy_gateway(asks_for: datetime = SLOT, *, lists: bool = True) -> tuple[Gateway, AsksMeanwhile]:
    desk = gateway()
    calcom = AsksMeanwhile(desk.clock, free=desk.calcom.free, desk=desk, asks_for=asks_for, lists=lists)
    desk.calcom = calcom
    return desk, calcom


async def move(desk: Gateway) -> CallerAnswer:
    command = RescheduleAppointment(LATER, NEW, old_start=SLOT)
    return await AppointmentRescheduler(surroundings=desk.surroundings)(command)


def live_there(desk: Gateway) -> list[str]:
    return [booking.uid for booking in desk.calcom.bookings.values() if booking.is_live]


@pytest.mark.parametrize("asks_for", [SLOT, OTHER])
async def test_a_call_that_asks_again_during_its_move_keeps_the_moved_appointment(asks_for: datetime) -> None:
    desk, calcom = busy_gateway(asks_for)
    await desk.book(ANNA)

    answer = await move(desk)

    assert answer.status is Status.RESCHEDULED
    assert calcom.meanwhile is not None
    assert calcom.meanwhile.appointment_id == answer.appointment_id
    (appointment,) = desk.live()
    assert appointment.starts_at == NEW
    assert live_there(desk) == [appointment.calcom_v2_booking_id]


async def test_a_move_is_given_back_when_the_call_was_booked_anew_meanwhile() -> None:
    desk, calcom = busy_gateway(lists=False)
    await desk.book(ANNA)

    answer = await move(desk)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert calcom.meanwhile is not None
    assert calcom.meanwhile.status is Status.BOOKED
    (appointment,) = desk.live()
    assert appointment.starts_at == SLOT
    assert live_there(desk) == [appointment.calcom_v2_booking_id]


async def test_the_webhook_of_such_a_move_reopens_nothing() -> None:
    desk, _ = busy_gateway(lists=False)
    await desk.book(ANNA)
    await move(desk)
    first, moved, _ = desk.calcom.bookings.values()
    again = desk.calcom.change(moved.uid, status="accepted")  # the webhook overtakes the giving back

    result = await WebhookReceiver(surroundings=desk.surroundings)(
        ReceiveWebhook("BOOKING_RESCHEDULED", "a key", again, body={}, previous_uid=first.uid)
    )

    assert result == "surplus"
    assert [appointment.starts_at for appointment in desk.live()] == [SLOT]
