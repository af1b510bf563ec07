"""Table `calls`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, select

from booking_core.domain.model import Call
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import CALLS

_BY_ID = select(CALLS).where(CALLS.c.id == bindparam("call"))
_LOCKED = _BY_ID.with_for_update()
_BY_RETELL_ID = select(CALLS).where(CALLS.c.retell_call_id == bindparam("retell_call"))


class SqlCalls:
    """Calls in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, call_id: int) -> Call | None:
        """By local id."""
        return await self._one(_BY_ID, {"call": call_id})

    async def by_retell_id(self, retell_call_id: str) -> Call | None:
        """By Retell's id."""
        return await self._one(_BY_RETELL_ID, {"retell_call": retell_call_id})

    async def add(self, retell_call_id: str, from_number: str | None, created_at: datetime) -> Call:
        """A new row; when another transaction was first, the whole body is run again."""
        values: dict[str, Any] = {
            "retell_call_id": retell_call_id,
            "from_number": from_number,
            "created_at": created_at,
        }
        return Call(id=await self._rows.insert(CALLS, values), **values)

    async def lock(self, call_id: int) -> Call:
        """Hold this row until the transaction ends. On SQLite BEGIN IMMEDIATE has done that already."""
        held = await self._one(_LOCKED, {"call": call_id})
        assert held is not None, "a call's row is never deleted"
        return held

    async def note_request(self, call_id: int, asked_at: datetime) -> None:
        """Set `asked_at`."""
        await self._rows.update(CALLS, call_id, {"asked_at": asked_at})

    async def note(self, call_id: int, *, customer_id: int, booking_details: dict[str, Any]) -> None:
        """Who called and what was asked for."""
        await self._rows.update(CALLS, call_id, {"customer_id": customer_id, "booking_details": booking_details})

    async def link(self, call_id: int, appointment_id: int, booking_metadata: dict[str, Any] | None) -> None:
        """Set `appointment_id` and, when given, `booking_metadata`."""
        values: dict[str, Any] = {"appointment_id": appointment_id}
        if booking_metadata is not None:
            values["booking_metadata"] = booking_metadata
        await self._rows.update(CALLS, call_id, values)

    async def _one(self, query: Select[Any], parameters: dict[str, Any]) -> Call | None:
        row = await self._rows.one(query, parameters)
        return None if row is None else call_of(row)


def call_of(row: RowMapping) -> Call:
    """A row as a call."""
    return Call(
        id=row["id"],
        retell_call_id=row["retell_call_id"],
        created_at=row["created_at"],
        customer_id=row["customer_id"],
        from_number=row["from_number"],
        appointment_id=row["appointment_id"],
        booking_metadata=row["booking_metadata"],
        booking_details=row["booking_details"],
        asked_at=row["asked_at"],
    )
