"""Table `appointments`. Its insert is Layer 4: the database's unique key has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, select
from sqlalchemy.exc import IntegrityError

from booking_core.domain.model import Appointment, AppointmentStatus
from booking_core.ports.storage import BookingAlreadyStoredError, NewAppointment
from booking_core.storage.errors import BOOKING_KEY, violates
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import APPOINTMENTS

# Layer 3 asks this before every booking: built once, it costs a fifth less.
_OLDEST_OF_BOOKING = (
    select(APPOINTMENTS)
    .where(APPOINTMENTS.c.calcom_v2_booking_id == bindparam("uid"))
    .order_by(APPOINTMENTS.c.created_at, APPOINTMENTS.c.id)
    .limit(1)
)
_BY_START = (APPOINTMENTS.c.starts_at, APPOINTMENTS.c.id)


class SqlAppointments:
    """Appointments in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, appointment_id: int) -> Appointment | None:
        """By id."""
        return await self._first(select(APPOINTMENTS).where(APPOINTMENTS.c.id == appointment_id))

    async def by_booking_uid(self, uid: str) -> Appointment | None:
        """The row of a Cal.com booking, the oldest if (without the unique key) there are several."""
        row = await self._rows.one(_OLDEST_OF_BOOKING, {"uid": uid})
        return None if row is None else appointment_of(row)

    async def live_of_customer_at(self, customer_id: int, starts_at: datetime) -> Appointment | None:
        """This customer's live appointment starting at that instant."""
        query = _live().where(APPOINTMENTS.c.customer_id == customer_id, APPOINTMENTS.c.starts_at == starts_at)
        return await self._first(query.order_by(APPOINTMENTS.c.id))

    async def live_of_call(self, call_id: int) -> Appointment | None:
        """The live appointment that this call made, the oldest if there are several."""
        return await self._first(_live().where(APPOINTMENTS.c.call_id == call_id).order_by(APPOINTMENTS.c.id))

    async def next_of_customer(self, customer_id: int, after: datetime) -> Appointment | None:
        """This customer's next live appointment, starting later than `after`."""
        query = _live().where(APPOINTMENTS.c.customer_id == customer_id, APPOINTMENTS.c.starts_at > after)
        return await self._first(query.order_by(*_BY_START))

    async def live_between(self, start: datetime, end: datetime) -> Sequence[Appointment]:
        """Live appointments starting in the window, its end left out, by start and id."""
        query = _live().where(APPOINTMENTS.c.starts_at >= start, APPOINTMENTS.c.starts_at < end)
        return [appointment_of(row) for row in await self._rows.all(query.order_by(*_BY_START))]

    async def add(self, new: NewAppointment) -> Appointment:
        """Insert; raises BookingAlreadyStoredError when the unique key refuses (the transaction is then over)."""
        values: dict[str, Any] = asdict(new)
        try:
            appointment_id = await self._rows.insert(APPOINTMENTS, values)
        except IntegrityError as error:
            if violates(error, BOOKING_KEY):
                raise BookingAlreadyStoredError(new.calcom_v2_booking_id) from error
            raise
        return Appointment(id=appointment_id, **values)

    async def set_status(self, appointment_id: int, status: AppointmentStatus, note: str | None) -> None:
        """Confirm, cancel or reopen; without a note the old one stays."""
        values = {"status": status} if note is None else {"status": status, "notes": note}
        await self._rows.update(APPOINTMENTS, appointment_id, values)

    async def move(self, appointment_id: int, starts_at: datetime, ends_at: datetime, uid: str, number: int) -> None:
        """The booking was rescheduled: new times, new uid; raises BookingAlreadyStoredError like `add`."""
        moved = {"calcom_v2_booking_id": uid, "calcom_booking_number": number}
        try:
            await self._rows.update(APPOINTMENTS, appointment_id, {"starts_at": starts_at, "ends_at": ends_at, **moved})
        except IntegrityError as error:
            if violates(error, BOOKING_KEY):
                raise BookingAlreadyStoredError(uid) from error
            raise

    async def _first(self, query: Select[Any]) -> Appointment | None:
        row = await self._rows.one(query.limit(1))
        return None if row is None else appointment_of(row)


def _live() -> Select[Any]:
    return select(APPOINTMENTS).where(APPOINTMENTS.c.status != AppointmentStatus.CANCELLED)


def appointment_of(row: RowMapping) -> Appointment:
    """A row as an appointment."""
    return Appointment(**{**row, "status": AppointmentStatus(row["status"])})
