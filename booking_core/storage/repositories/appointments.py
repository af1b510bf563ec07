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

_COLUMNS = APPOINTMENTS.c
_BY_ID = select(APPOINTMENTS).where(_COLUMNS.id == bindparam("appointment"))
_OLDEST_OF_BOOKING = (
    select(APPOINTMENTS)
    .where(_COLUMNS.calcom_v2_booking_id == bindparam("uid"))
    .order_by(_COLUMNS.created_at, _COLUMNS.id)
    .limit(1)
)
_LIVE = select(APPOINTMENTS).where(_COLUMNS.status != AppointmentStatus.CANCELLED)
_LIVE_OF_CUSTOMER = _LIVE.where(_COLUMNS.customer_id == bindparam("customer")).limit(1)
_LIVE_OF_CUSTOMER_AT = _LIVE_OF_CUSTOMER.where(_COLUMNS.starts_at == bindparam("start")).order_by(_COLUMNS.id)
_LIVE_OF_CALL = _LIVE.where(_COLUMNS.call_id == bindparam("call")).order_by(_COLUMNS.id).limit(1)
_BY_START = (_COLUMNS.starts_at, _COLUMNS.id)
_NEXT_OF_CUSTOMER = _LIVE_OF_CUSTOMER.where(_COLUMNS.starts_at > bindparam("after")).order_by(*_BY_START)
_LIVE_BETWEEN = _LIVE.where(_COLUMNS.starts_at >= bindparam("start"), _COLUMNS.starts_at < bindparam("end")).order_by(
    *_BY_START
)


class SqlAppointments:
    """Appointments in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, appointment_id: int) -> Appointment | None:
        """By id."""
        return await self._first(_BY_ID, {"appointment": appointment_id})

    async def by_booking_uid(self, uid: str) -> Appointment | None:
        """The row of a Cal.com booking, the oldest if (without the unique key) there are several."""
        return await self._first(_OLDEST_OF_BOOKING, {"uid": uid})

    async def live_of_customer_at(self, customer_id: int, starts_at: datetime) -> Appointment | None:
        """This customer's live appointment starting at that instant."""
        return await self._first(_LIVE_OF_CUSTOMER_AT, {"customer": customer_id, "start": starts_at})

    async def live_of_call(self, call_id: int) -> Appointment | None:
        """The live appointment that this call made, the oldest if there are several."""
        return await self._first(_LIVE_OF_CALL, {"call": call_id})

    async def next_of_customer(self, customer_id: int, after: datetime) -> Appointment | None:
        """This customer's next live appointment, starting later than `after`."""
        return await self._first(_NEXT_OF_CUSTOMER, {"customer": customer_id, "after": after})

    async def live_between(self, start: datetime, end: datetime) -> Sequence[Appointment]:
        """Live appointments starting in the window, its end left out, by start and id."""
        return [appointment_of(row) for row in await self._rows.all(_LIVE_BETWEEN, {"start": start, "end": end})]

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

    async def _first(self, query: Select[Any], parameters: dict[str, Any]) -> Appointment | None:
        row = await self._rows.one(query, parameters)
        return None if row is None else appointment_of(row)


def appointment_of(row: RowMapping) -> Appointment:
    """A row as an appointment."""
    return Appointment(**{**row, "status": AppointmentStatus(row["status"])})
