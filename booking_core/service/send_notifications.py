"""The outbox: customers are told what no caller was on the line to hear. Each message leaves at least once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from booking_core.domain.commands import Language
from booking_core.domain.model import Appointment, Customer, Notification
from booking_core.ports.messages import Message, MessageNotSentError, MessageSender
from booking_core.ports.storage import UnitOfWork
from booking_core.service.messages import say, spoken
from booking_core.service.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class SendReport:
    """How many messages left and how many will be tried again."""

    sent: int = 0
    failed: int = 0


class NotificationSender:
    """Empties the outbox through a MessageSender."""

    def __init__(self, *, surroundings: Surroundings, send: MessageSender) -> None:
        self._world = surroundings
        self._send = send

    async def __call__(self) -> SendReport:
        """One batch. A message that was tried too often stays where it is, for somebody to look at."""
        sent = failed = 0
        for notification in await self._due():
            if await self._deliver(notification):
                sent += 1
            else:
                failed += 1
        return SendReport(sent, failed)

    async def _due(self) -> list[Notification]:
        business = self._world.business

        async def body(uow: UnitOfWork) -> list[Notification]:
            due = await uow.notifications.due(business.notifications_batch)
            return [notification for notification in due if notification.tries < business.notification_tries_max]

        return await self._world.transactions(body)

    async def _deliver(self, notification: Notification) -> bool:
        """Send, then note it: a crash between the two sends it twice, never not at all."""
        message = await self._message(notification)
        try:
            if message is not None:
                await self._send(message)
        except MessageNotSentError:
            message = None
        await self._note(notification, sent=message is not None)
        return message is not None

    async def _message(self, notification: Notification) -> Message | None:
        async def body(uow: UnitOfWork) -> Message | None:
            customer = await uow.customers.get(notification.customer_id)
            about = notification.appointment_id
            appointment = await uow.appointments.get(about) if about is not None else None
            return compose(notification, customer, appointment, self._world.business.time_zone)

        return await self._world.transactions(body)

    async def _note(self, notification: Notification, *, sent: bool) -> None:
        now = self._world.now()

        async def body(uow: UnitOfWork) -> None:
            if sent:
                await uow.notifications.mark_sent(notification.id, now)
            else:
                await uow.notifications.mark_failed(notification.id, now)

        await self._world.transactions(body)


def compose(
    notification: Notification, customer: Customer | None, appointment: Appointment | None, zone: tzinfo
) -> Message | None:
    """The message of a notification; None when the customer cannot be reached on its channel."""
    if customer is None:
        return None
    recipient = customer.email if notification.channel == "email" else customer.phone
    if not recipient:
        return None
    when = f" am {spoken(appointment.starts_at, zone, Language.GERMAN)}" if appointment else ""
    return Message(notification.channel, recipient, say(_key(notification.kind), Language.GERMAN, when=when))


def _key(kind: str) -> str:
    known = {"booking_confirmed", "booking_failed", "booking_cancelled", "duplicate_settled"}
    return f"notify_{kind}" if kind in known else "notify_changed"
