"""Table `booking_attempts`: tries to book, known before Cal.com is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select

from booking_core.domain.model import Attempt, AttemptState
from booking_core.ports.storage import NewAttempt
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import BOOKING_ATTEMPTS

_COLUMNS = BOOKING_ATTEMPTS.c
_BY_KEY = select(BOOKING_ATTEMPTS).where(_COLUMNS.attempt_key == bindparam("key"))
_OF_CALL = (
    select(BOOKING_ATTEMPTS)
    .where(_COLUMNS.call_id == bindparam("call"), _COLUMNS.starts_at == bindparam("start"))
    .order_by(_COLUMNS.id)
)
_UNSETTLED = (
    select(BOOKING_ATTEMPTS)
    .where(_COLUMNS.state.in_((AttemptState.OPEN, AttemptState.UNKNOWN)), _COLUMNS.updated_at < bindparam("older_than"))
    .order_by(_COLUMNS.created_at, _COLUMNS.id)
)


class SqlAttempts:
    """Attempts in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def add(self, new: NewAttempt) -> Attempt:
        """A new row in state open."""
        shared: dict[str, Any] = {
            "call_id": new.call_id,
            "customer_id": new.customer_id,
            "service_id": new.service_id,
            "starts_at": new.starts_at,
            "attendee_email": new.attendee_email,
            "state": AttemptState.OPEN,
            "awaited": False,
            "created_at": new.created_at,
            "updated_at": new.created_at,
        }
        attempt_id = await self._rows.insert(BOOKING_ATTEMPTS, {"attempt_key": new.key, **shared})
        return Attempt(id=attempt_id, key=new.key, **shared)

    async def of_call(self, call_id: int, starts_at: datetime) -> Sequence[Attempt]:
        """Every attempt of that call for that start, oldest first."""
        rows = await self._rows.all(_OF_CALL, {"call": call_id, "start": starts_at})
        return [_attempt(row) for row in rows]

    async def by_key(self, key: str) -> Attempt | None:
        """By its key."""
        row = await self._rows.one(_BY_KEY, {"key": key})
        return None if row is None else _attempt(row)

    async def settle(
        self,
        attempt_id: int,
        state: AttemptState,
        at: datetime,
        *,
        appointment_id: int | None = None,
        booking_uid: str | None = None,
    ) -> None:
        """Set the state and, when booked, what it led to."""
        led_to = {"appointment_id": appointment_id, "calcom_v2_booking_id": booking_uid}
        known = {name: value for name, value in led_to.items() if value is not None}
        await self._rows.update(BOOKING_ATTEMPTS, attempt_id, {"state": state, "updated_at": at, **known})

    async def await_end(self, attempt_id: int) -> None:
        """Set `awaited`."""
        await self._rows.update(BOOKING_ATTEMPTS, attempt_id, {"awaited": True})

    async def unsettled(self, older_than: datetime) -> Sequence[Attempt]:
        """Open or unknown attempts last touched before that instant, oldest first."""
        rows = await self._rows.all(_UNSETTLED, {"older_than": older_than})
        return [_attempt(row) for row in rows]


def _attempt(row: RowMapping) -> Attempt:
    values = dict(row)
    return Attempt(key=values.pop("attempt_key"), state=AttemptState(values.pop("state")), **values)
