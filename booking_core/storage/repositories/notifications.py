"""Table `notifications`: the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

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
_DUE = (
    select(*_SHOWN)
    .where(NOTIFICATIONS.c.sent_at.is_(None))
    .order_by(NOTIFICATIONS.c.tries, NOTIFICATIONS.c.id)
    .limit(bindparam("most"))
)
_TRIED = update(NOTIFICATIONS).where(NOTIFICATIONS.c.id == bindparam("row_id")).values(tries=NOTIFICATIONS.c.tries + 1)


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
        return [Notification(**row) for row in await self._rows.all(_DUE, {"most": limit})]

    async def mark_sent(self, notification_id: int, at: datetime) -> None:
        """It left."""
        await self._rows.execute(_TRIED, {"row_id": notification_id, "tried_at": at, "sent_at": at})

    async def mark_failed(self, notification_id: int, at: datetime) -> None:
        """It did not leave: one more try is counted."""
        await self._rows.execute(_TRIED, {"row_id": notification_id, "tried_at": at})
