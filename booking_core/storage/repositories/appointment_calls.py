"""Table `appointment_calls`: how calls stand to appointments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from booking_core.domain.model import CallRelation
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import APPOINTMENT_CALLS

_KEY = ("appointment_id", "call_id", "relationship_type")
_COLUMNS = APPOINTMENT_CALLS.c
_IN_THAT_RELATION = _COLUMNS.relationship_type == bindparam("relation")
_LAST_OF_CALL = (
    select(_COLUMNS.appointment_id)
    .where(_COLUMNS.call_id == bindparam("call"), _IN_THAT_RELATION)
    .order_by(_COLUMNS.id.desc())
    .limit(1)
)
_ANY_TO_APPOINTMENT = (
    select(_COLUMNS.id).where(_COLUMNS.appointment_id == bindparam("appointment"), _IN_THAT_RELATION).limit(1)
)


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
        row = await self._rows.one(_LAST_OF_CALL, {"call": call_id, "relation": relation})
        return None if row is None else int(row["appointment_id"])

    async def exists(self, appointment_id: int, relation: CallRelation) -> bool:
        """Whether any call stands to the appointment in that relation."""
        return (
            await self._rows.one(_ANY_TO_APPOINTMENT, {"appointment": appointment_id, "relation": relation}) is not None
        )
