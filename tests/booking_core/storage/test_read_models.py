from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.domain.model import CallRelation
from booking_core.ports.storage import NewAppointment, UnitOfWork
from booking_core.storage.read_models import read_rows
from booking_core.storage.transactions import SqlTransactions

START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)


async def test_rows_come_as_plain_values_by_table(transactions: SqlTransactions, engine: AsyncEngine) -> None:
    async def body(uow: UnitOfWork) -> None:
        new = NewAppointment(687, 342, 1, START, START + timedelta(minutes=15), "8Fxv", 11489895, START)
        appointment = await uow.appointments.add(new)
        await uow.calls.link(688, appointment.id, {"duplicate_attempt": True})
        await uow.appointment_calls.add(appointment.id, 688, CallRelation.DUPLICATE_ATTEMPT, START)
        await uow.audit.add("looked", START, {"appointment_id": appointment.id})
        await uow.notifications.add(342, appointment.id, "sms", "booking_confirmed", START)

    await transactions(body)

    rows = await read_rows(engine)

    assert json.loads(json.dumps(rows)) == rows
    appointment = rows["appointments"][0]
    assert (appointment["starts_at"], appointment["status"]) == ("2025-10-10T06:00:00Z", "scheduled")
    assert [call["booking_metadata"] for call in rows["calls"]] == [None, {"duplicate_attempt": True}]
    assert rows["appointment_calls"][0]["relationship_type"] == "duplicate_attempt"
    assert rows["system_audit_log"][0]["details"] == {"appointment_id": appointment["id"]}
    assert [customer["id"] for customer in rows["customers"]] == [338, 342]


async def test_only_the_wanted_tables_are_read(engine: AsyncEngine) -> None:
    assert list(await read_rows(engine, tables=["calls"])) == ["calls"]
