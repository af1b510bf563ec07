"""Table `system_audit_log`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import SYSTEM_AUDIT_LOG


class SqlAuditLog:
    """The audit log in the database; lines are only ever added."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def add(self, event_type: str, at: datetime, details: dict[str, Any]) -> None:
        """One line; `details` is JSON and may hold a whole old row."""
        values = {"event_type": event_type, "details": details, "created_at": at}
        await self._rows.insert(SYSTEM_AUDIT_LOG, values)
