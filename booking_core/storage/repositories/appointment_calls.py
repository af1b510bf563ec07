"""Table `appointment_calls`: how calls stand to appointments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

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

    async def last_of_call(self, call_id: int, relation: CallRelation) -> int | None:
        """The appointment (its id) that the call came to stand to in that relation last."""
        query = select(APPOINTMENT_CALLS.c.appointment_id).where(
            APPOINTMENT_CALLS.c.call_id == call_id, APPOINTMENT_CALLS.c.relationship_type == relation
        )
        row = await self._rows.one(query.order_by(APPOINTMENT_CALLS.c.id.desc()).limit(1))
        return None if row is None else int(row["appointment_id"])

    async def exists(self, appointment_id: int, relation: CallRelation) -> bool:
        """Whether any call stands to the appointment in that relation."""
        query = select(APPOINTMENT_CALLS.c.id).where(
            APPOINTMENT_CALLS.c.appointment_id == appointment_id, APPOINTMENT_CALLS.c.relationship_type == relation
        )
        return await self._rows.one(query.limit(1)) is not None
