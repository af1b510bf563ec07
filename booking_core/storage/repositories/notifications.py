"""Table `notifications`: the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from booking_core.domain.model import Notification
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import NOTIFICATIONS

_KEY = ("appointment_id", "channel", "kind")
_SHOWN = (
    NOTIFICATIONS.c.id,
    NOTIFICATIONS.c.customer_id,
    NOTIFICATIONS.c.appointment_id,
    NOTIFICATIONS.c.channel,
    NOTIFICATIONS.c.kind,
    NOTIFICATIONS.c.created_at,
    NOTIFICATIONS.c.tries,
)


class SqlNotifications:
    """The outbox in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def add(self, customer_id: int, appointment_id: int | None, channel: str, kind: str, at: datetime) -> bool:
        """Queue one; False when the same (appointment, channel, kind) is already queued or sent.

        What concerns no appointment is never the same as another.
        """
        values = {
            "customer_id": customer_id,
            "appointment_id": appointment_id,
            "channel": channel,
            "kind": kind,
            "created_at": at,
            "tries": 0,
        }
        if appointment_id is None:
            await self._rows.insert(NOTIFICATIONS, values)
            return True
        return await self._rows.insert_if_absent(NOTIFICATIONS, values, _KEY)

    async def due(self, limit: int) -> Sequence[Notification]:
        """Those not sent yet, the least tried and oldest first."""
        query = select(*_SHOWN).where(NOTIFICATIONS.c.sent_at.is_(None))
        rows = await self._rows.all(query.order_by(NOTIFICATIONS.c.tries, NOTIFICATIONS.c.id).limit(limit))
        return [Notification(**row) for row in rows]

    async def mark_sent(self, notification_id: int, at: datetime) -> None:
        """It left."""
        tried = {"tries": NOTIFICATIONS.c.tries + 1, "tried_at": at}
        await self._rows.update(NOTIFICATIONS, notification_id, {**tried, "sent_at": at})

    async def mark_failed(self, notification_id: int, at: datetime) -> None:
        """It did not leave: one more try is counted."""
        await self._rows.update(NOTIFICATIONS, notification_id, {"tries": NOTIFICATIONS.c.tries + 1, "tried_at": at})
