"""Several appointments on one Cal.com booking: find them, keep the oldest, settle and audit the others.

The migration to the unique key and `slotproof db duplicates` do the same thing, so both do it here. It runs on the
tables as they are at that point of their history: `appointments`, whose whole row goes into the audit log, is
reflected, and of the other tables it names only the columns it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, column, delete, func, insert, select, table, update

from booking_core.domain.model import AppointmentStatus
from booking_core.storage.times import UtcDateTime, instant_text

AUDIT_EVENT = "duplicate_booking_bug"
NOTE = "SYSTEM ERROR: Duplicate booking ID detected"
NOTIFICATION_KIND = "duplicate_settled"

_AUDIT_LOG = table(
    "system_audit_log",
    column("event_type"),
    column("details", JSON),
    column("created_at", UtcDateTime),
)
_NOTIFICATIONS = table(
    "notifications",
    column("customer_id"),
    column("appointment_id"),
    column("channel"),
    column("kind"),
    column("created_at", UtcDateTime),
    column("tries"),
)
_CALLS = table("calls", column("id"), column("appointment_id"))
_CUSTOMERS = table("customers", column("id"), column("phone"), column("email"))

Row = Mapping[str, Any]


class DuplicatePolicy(StrEnum):
    """What becomes of every row but the oldest: cancelled, with a note and without the booking, or deleted."""

    CANCEL = "cancel"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An appointment on a booking that an older appointment holds. Ids only; `old_row` is the row as it was."""

    booking_uid: str
    kept_appointment_id: int
    kept_customer_id: int
    appointment_id: int
    customer_id: int
    call_id: int | None
    old_row: Row

    @property
    def loses_an_appointment(self) -> bool:
        """Whether its customer expects to be let in, and will not be."""
        expected = self.old_row["status"] != AppointmentStatus.CANCELLED
        return expected and self.customer_id != self.kept_customer_id


def find_duplicates(connection: Connection) -> list[Duplicate]:
    """Every appointment whose booking belongs to an older one, by booking and age."""
    appointments = _appointments(connection)
    uid = appointments.c.calcom_v2_booking_id
    shared = select(uid).where(uid.is_not(None)).group_by(uid).having(func.count() > 1)
    query = select(appointments).where(uid.in_(shared.scalar_subquery()))
    rows = connection.execute(query.order_by(uid, appointments.c.created_at, appointments.c.id)).mappings().all()
    return list(_all_but_the_oldest([dict(row) for row in rows]))


def settle_duplicates(connection: Connection, policy: DuplicatePolicy, at: datetime) -> list[Duplicate]:
    """Settle every duplicate, audit it with its whole old row, and queue a word to the customer who loses it.

    Needs revision 0002 or later. Done in the caller's transaction; returns what was settled.
    """
    duplicates = find_duplicates(connection)
    for duplicate in duplicates:
        _audit(connection, duplicate, policy, at)
        _settle(connection, duplicate, policy)
        if duplicate.loses_an_appointment:
            _notify(connection, duplicate, policy, at)
    return duplicates


def _all_but_the_oldest(rows: Iterable[Row]) -> Iterable[Duplicate]:
    """From rows ordered by booking and age."""
    for uid, group in groupby(rows, key=lambda row: row["calcom_v2_booking_id"]):
        oldest, *others = group
        for row in others:
            yield Duplicate(
                booking_uid=uid,
                kept_appointment_id=oldest["id"],
                kept_customer_id=oldest["customer_id"],
                appointment_id=row["id"],
                customer_id=row["customer_id"],
                call_id=row["call_id"],
                old_row=row,
            )


def _settle(connection: Connection, duplicate: Duplicate, policy: DuplicatePolicy) -> None:
    appointments = _appointments(connection)
    is_this = appointments.c.id == duplicate.appointment_id
    if policy is DuplicatePolicy.DELETE:
        connection.execute(delete(appointments).where(is_this))
        return
    values = {"status": AppointmentStatus.CANCELLED.value, "notes": NOTE, "calcom_v2_booking_id": None}
    connection.execute(update(appointments).where(is_this).values(values))


def _audit(connection: Connection, duplicate: Duplicate, policy: DuplicatePolicy, at: datetime) -> None:
    details = {
        "policy": policy.value,
        "booking_uid": duplicate.booking_uid,
        "kept_appointment_id": duplicate.kept_appointment_id,
        "appointment_id": duplicate.appointment_id,
        "old_row": _as_json(duplicate.old_row),
        "linked_calls": _linked_calls(connection, duplicate.appointment_id),
    }
    connection.execute(insert(_AUDIT_LOG).values(event_type=AUDIT_EVENT, details=details, created_at=at))


def _linked_calls(connection: Connection, appointment_id: int) -> Sequence[int]:
    """Calls that point to the appointment: deleting it takes their pointer away."""
    query = select(_CALLS.c.id).where(_CALLS.c.appointment_id == appointment_id).order_by(_CALLS.c.id)
    return list(connection.execute(query).scalars())


def _notify(connection: Connection, duplicate: Duplicate, policy: DuplicatePolicy, at: datetime) -> None:
    """By e-mail when the customer has one, else by SMS; nobody can be told who left neither."""
    query = select(_CUSTOMERS).where(_CUSTOMERS.c.id == duplicate.customer_id)
    customer = connection.execute(query).mappings().one()
    if not (customer["email"] or customer["phone"]):
        return
    values = {
        "customer_id": duplicate.customer_id,
        "appointment_id": None if policy is DuplicatePolicy.DELETE else duplicate.appointment_id,
        "channel": "email" if customer["email"] else "sms",
        "kind": NOTIFICATION_KIND,
        "created_at": at,
        "tries": 0,
    }
    connection.execute(insert(_NOTIFICATIONS).values(values))


def _appointments(connection: Connection) -> Table:
    return Table("appointments", MetaData(), autoload_with=connection, resolve_fks=False)


def _as_json(row: Row) -> dict[str, Any]:
    return {name: instant_text(value) if isinstance(value, datetime) else value for name, value in row.items()}
