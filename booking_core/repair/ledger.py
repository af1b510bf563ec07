"""Reading from the database what the repair of links looks at: no more than the calls concerned lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, null, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from booking_core.domain.model import Call, CallRelation
from booking_core.repair.duplicates import find_duplicates
from booking_core.repair.errors import require_tables
from booking_core.repair.links import Ledger
from booking_core.storage.repositories.appointments import appointment_of
from booking_core.storage.repositories.calls import call_of
from booking_core.storage.tables import APPOINTMENT_CALLS, APPOINTMENTS, CALLS


@dataclass(frozen=True, slots=True)
class Concerned:
    """Calls that may miss a link, and what is stored around them."""

    calls: tuple[Call, ...]
    ledger: Ledger


async def read_concerned(connection: AsyncConnection) -> Concerned:
    """Everything from one transaction; raises RepairImpossibleError when tables are missing."""
    await connection.run_sync(require_tables)
    calls = [call_of(row) for row in (await connection.execute(_calls())).mappings()]
    appointments = [appointment_of(row) for row in (await connection.execute(_appointments())).mappings()]
    related = [(row.appointment_id, row.call_id) for row in await connection.execute(_related())]
    duplicates = await connection.run_sync(find_duplicates)
    ledger = Ledger(appointments, {duplicate.appointment_id for duplicate in duplicates}, related)
    return Concerned(tuple(calls), ledger)


def _unrelated() -> Select[Any]:
    """Ids of calls that made an appointment of which `appointment_calls` knows nothing."""
    known = select(APPOINTMENT_CALLS.c.id).where(
        APPOINTMENT_CALLS.c.appointment_id == APPOINTMENTS.c.id,
        APPOINTMENT_CALLS.c.call_id == APPOINTMENTS.c.call_id,
        APPOINTMENT_CALLS.c.relationship_type == CallRelation.ORIGINAL,
    )
    return select(APPOINTMENTS.c.call_id).where(APPOINTMENTS.c.call_id.is_not(None), ~known.exists())


def _calls() -> Select[Any]:
    asked_in_vain = CALLS.c.booking_details.is_not(null()) & CALLS.c.appointment_id.is_(None)
    booked_unknowingly = CALLS.c.appointment_id.is_(None) & CALLS.c.id.in_(select(APPOINTMENTS.c.call_id))
    concerned = or_(asked_in_vain, booked_unknowingly, CALLS.c.id.in_(_unrelated()))
    return select(CALLS).where(concerned).order_by(CALLS.c.id)


def _appointments() -> Select[Any]:
    """What these calls made, and what their customers hold."""
    calls = _calls().order_by(None).subquery()
    made = APPOINTMENTS.c.call_id.in_(select(calls.c.id))
    held = APPOINTMENTS.c.customer_id.in_(select(calls.c.customer_id))
    return select(APPOINTMENTS).where(or_(made, held)).order_by(APPOINTMENTS.c.id)


def _related() -> Select[Any]:
    calls = _calls().order_by(None).subquery()
    return select(APPOINTMENT_CALLS.c.appointment_id, APPOINTMENT_CALLS.c.call_id).where(
        APPOINTMENT_CALLS.c.relationship_type == CallRelation.ORIGINAL,
        APPOINTMENT_CALLS.c.call_id.in_(select(calls.c.id)),
    )
