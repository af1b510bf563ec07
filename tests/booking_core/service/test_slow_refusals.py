"""A refusal that is slow on its way says nothing any more once another hand has taken the attempt up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.commands import CancelAppointment
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reconcile import Reconciler
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, Gateway, gateway


@dataclass(slots=True)
class SlowToOffer(FakeCalcom):
    """Something happens between Cal.com's refusal and the times that are offered instead."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def free_starts(self, event_type_id: int, start: datetime, end: datetime) -> Sequence[datetime]:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return await FakeCalcom.free_starts(self, event_type_id, start, end)


async def bert_cancels_and_reconciliation_looks(desk: Gateway) -> None:
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(BERT))
    desk.clock.advance(60)
    await Reconciler(surroundings=desk.surroundings)(apply=True)


async def refused_while(happens: Callable[[Gateway], Awaitable[None]]) -> tuple[Gateway, CallerAnswer]:
    """Bert holds what Anna wants; `happens` comes after Cal.com's refusal and before she hears of it."""
    desk = gateway()
    await desk.book(BERT)

    async def meanwhile() -> None:
        await happens(desk)

    desk.calcom = SlowToOffer(desk.clock, free=desk.calcom.free, bookings=desk.calcom.bookings, meanwhile=meanwhile)
    return desk, await desk.book(ANNA)


async def test_what_another_hand_has_booked_since_is_not_called_taken() -> None:
    desk, answer = await refused_while(bert_cancels_and_reconciliation_looks)

    (held,) = desk.live()
    assert (answer.status, answer.appointment_id) == (Status.RECOVERED, held.id)


async def test_what_another_hand_has_booked_and_its_caller_given_up_since_is_taken() -> None:
    async def happens(desk: Gateway) -> None:
        await bert_cancels_and_reconciliation_looks(desk)
        await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))

    desk, answer = await refused_while(happens)

    assert answer.status is Status.UNAVAILABLE
    assert desk.live() == []


async def test_what_another_hand_may_be_booking_is_not_called_taken_yet() -> None:
    async def happens(desk: Gateway) -> None:
        desk.calcom.faults = [Fault.REQUEST_LOST, Fault.REQUEST_LOST]
        await bert_cancels_and_reconciliation_looks(desk)

    desk, answer = await refused_while(happens)
    desk.clock.advance(60)
    await Reconciler(surroundings=desk.surroundings)(apply=True)

    assert answer.status is Status.PENDING
    assert [row.customer_id for row in desk.live()] == [desk.customer_of(ANNA).id]
    told = [(n.customer_id, n.kind) for n in desk.tables.notifications.values()]
    assert (desk.customer_of(ANNA).id, "booking_confirmed") in told


async def test_a_create_is_not_sent_once_more_while_another_hand_may_be_booking() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST]

    async def reconciliation_has_it_in_hand() -> None:
        desk.clock.advance(60)
        desk.calcom.faults = [Fault.REQUEST_LOST, Fault.REQUEST_LOST]
        await Reconciler(surroundings=desk.surroundings)(apply=True)

    desk.calcom.before_giving_up = reconciliation_has_it_in_hand

    assert (await desk.book(ANNA)).status is Status.PENDING
    assert desk.calcom.bookings == {}
