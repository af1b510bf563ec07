"""Table `appointment_calls`: how calls stand to appointments."""

from __future__ import annotations

from datetime import datetime

from booking_core.domain.model import CallRelation
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import APPOINTMENT_CALLS

_KEY = ("appointment_id", "call_id", "relationship_type")


class SqlAppointmentCalls:
    """Relations of calls to appointments in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def add(self, appointment_id: int, call_id: int, relation: CallRelation, at: datetime) -> None:
        """Insert; nothing happens when the row is already there."""
        values = {
            "appointment_id": appointment_id,
            "call_id": call_id,
            "relationship_type": relation,
            "created_at": at,
        }
        await self._rows.insert_if_absent(APPOINTMENT_CALLS, values, _KEY)
