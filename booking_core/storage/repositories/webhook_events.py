"""Table `webhook_events`: what Cal.com sent, once each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import WEBHOOK_EVENTS

_OF_KEY = update(WEBHOOK_EVENTS).where(WEBHOOK_EVENTS.c.dedup_key == bindparam("key"))


class SqlWebhookEvents:
    """Webhook events in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def add(self, dedup_key: str, trigger: str, booking_uid: str, body: dict[str, Any], at: datetime) -> bool:
        """Store; False when this very event was stored before."""
        values = {
            "dedup_key": dedup_key,
            "trigger_event": trigger,
            "booking_uid": booking_uid,
            "body": body,
            "received_at": at,
        }
        return await self._rows.insert_if_absent(WEBHOOK_EVENTS, values, ("dedup_key",))

    async def mark_handled(self, dedup_key: str, at: datetime, result: str) -> None:
        """It has been applied (or found to have nothing to apply)."""
        await self._rows.execute(_OF_KEY, {"key": dedup_key, "handled_at": at, "result": result})
