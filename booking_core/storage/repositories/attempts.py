"""Table `booking_attempts`: tries to book, known before Cal.com is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from booking_core.domain.model import Attempt, AttemptState
from booking_core.ports.storage import NewAttempt
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import BOOKING_ATTEMPTS

_UNSETTLED = (AttemptState.OPEN, AttemptState.UNKNOWN)


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
            "created_at": new.created_at,
            "updated_at": new.created_at,
        }
        attempt_id = await self._rows.insert(BOOKING_ATTEMPTS, {"attempt_key": new.key, **shared})
        return Attempt(id=attempt_id, key=new.key, **shared)

    async def of_call(self, call_id: int, starts_at: datetime) -> Sequence[Attempt]:
        """Every attempt of that call for that start, oldest first."""
        same = (BOOKING_ATTEMPTS.c.call_id == call_id, BOOKING_ATTEMPTS.c.starts_at == starts_at)
        query = select(BOOKING_ATTEMPTS).where(*same).order_by(BOOKING_ATTEMPTS.c.id)
        return [_attempt(row) for row in await self._rows.all(query)]

    async def by_key(self, key: str) -> Attempt | None:
        """By its key."""
        row = await self._rows.one(select(BOOKING_ATTEMPTS).where(BOOKING_ATTEMPTS.c.attempt_key == key))
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

    async def unsettled(self, older_than: datetime) -> Sequence[Attempt]:
        """Open or unknown attempts last touched before that instant, oldest first."""
        waiting = (BOOKING_ATTEMPTS.c.state.in_(_UNSETTLED), BOOKING_ATTEMPTS.c.updated_at < older_than)
        query = select(BOOKING_ATTEMPTS).where(*waiting).order_by(BOOKING_ATTEMPTS.c.created_at, BOOKING_ATTEMPTS.c.id)
        return [_attempt(row) for row in await self._rows.all(query)]


def _attempt(row: RowMapping) -> Attempt:
    values = dict(row)
    return Attempt(key=values.pop("attempt_key"), state=AttemptState(values.pop("state")), **values)
