"""Cal.com's webhooks: a hint that something happened. What holds now is asked of Cal.com itself.

So repeats and disorder are harmless: an old event leads to today's truth. When Cal.com cannot be asked, the event is
taken at its word and reconciliation has the last one.
"""

from __future__ import annotations

from collections.abc import Sequence

from booking_core.domain.commands import ReceiveWebhook
from booking_core.domain.model import Appointment, AttemptState, CalcomBooking, CallRelation
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.service.bookkeeping import Bookkeeper, Holder
from booking_core.service.moved_booking import find_moved_anywhere
from booking_core.service.surroundings import Surroundings


class WebhookReceiver:
    """Confirms, cancels or moves appointments as Cal.com's bookings do."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        self._bookkeeper = Bookkeeper(surroundings.profile, surroundings.business.fallback_email)

    async def __call__(self, command: ReceiveWebhook) -> str:
        """What came of it, in a word or two (also kept in `webhook_events.result`)."""
        booking, former = await self._present(command)
        now = self._world.now()

        async def body(uow: UnitOfWork) -> str:
            uid = command.booking.uid
            if not await uow.webhook_events.add(command.dedup_key, command.trigger, uid, command.body, now):
                return "repeated"
            result = await self._apply(uow, booking, former)
            await uow.webhook_events.mark_handled(command.dedup_key, now, result)
            return result

        result = await self._world.past_a_race(body)
        if booking.event_type_id is not None:
            self._world.calcom.forget_free_starts(booking.event_type_id)
        return result

    async def _present(self, command: ReceiveWebhook) -> tuple[CalcomBooking, Sequence[str]]:
        """The booking as it stands now, and the uids that it had before: an old event may tell of one moved since."""
        told = command.booking
        former = [command.previous_uid] if command.previous_uid else []
        try:
            booking = await self._world.calcom.get_booking(told.uid) or told
            moved = None if booking.is_live else await find_moved_anywhere(self._world, booking)
        except CalcomUnavailableError:
            return told, former
        return (moved, [told.uid, *former]) if moved is not None else (booking, former)

    async def _apply(self, uow: UnitOfWork, booking: CalcomBooking, former: Sequence[str]) -> str:
        row = await uow.appointments.by_booking_uid(booking.uid)
        if row is not None:
            return await self._agree(uow, row, booking)
        if not booking.is_live:
            return "unknown here"
        for uid in former:
            replaced = await uow.appointments.by_booking_uid(uid)
            if replaced is not None:
                replaced = await self._bookkeeper.hold(uow, replaced) or replaced
                moved = await self._bookkeeper.move(uow, replaced, booking, self._world.now())
                return "moved" if moved else "surplus"
        return await self._adopt(uow, booking)

    async def _agree(self, uow: UnitOfWork, row: Appointment, booking: CalcomBooking) -> str:
        if not row.is_live:
            return "cancelled before"
        if not booking.is_live:
            await self._cancel(uow, row)
            return "cancelled"
        await self._bookkeeper.follow_host(uow, row, booking, self._world.now())
        return "confirmed"

    async def _cancel(self, uow: UnitOfWork, row: Appointment) -> None:
        """Somebody else cancelled it, so the customer must hear of it; who cancelled on the phone knows."""
        await self._bookkeeper.cancel(uow, row, "cancelled at Cal.com", self._world.now())
        customer = await uow.customers.get(row.customer_id)
        by_phone = await uow.appointment_calls.exists(row.id, CallRelation.CANCELLATION_ATTEMPT)
        if customer is not None and not by_phone:
            await self._bookkeeper.notify(uow, customer, row.id, "booking_cancelled", self._world.now())

    async def _adopt(self, uow: UnitOfWork, booking: CalcomBooking) -> str:
        """No row yet: an unknown attempt's end is known now, an open one's request still has it in hand."""
        attempt = await uow.attempts.by_key(booking.metadata.get("attempt_key", ""))
        if attempt is None or attempt.state is not AttemptState.UNKNOWN:
            return "left to the request" if attempt else "unknown here"
        holder = Holder(attempt.call_id, attempt.customer_id, attempt.service_id)
        row = await self._bookkeeper.write_or_link(uow, holder, booking, self._world.now(), attempt.id)
        return "adopted" if row.calcom_v2_booking_id == booking.uid else "surplus"
