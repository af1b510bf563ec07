"""A migrated database of each kind, with the people of the incidents in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemIds
from booking_core.migrations import schema
from booking_core.storage.engines import create_engine
from booking_core.storage.tables import CALLS, CUSTOMERS, SERVICES
from booking_core.storage.transactions import SqlTransactions

CALL_TIME = datetime(2025, 10, 6, 9, 4, 0, 123456, tzinfo=UTC)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    try:
        await schema.upgrade(engine)
        await _fill(engine)
        yield engine
    finally:
        await engine.dispose()


async def _fill(engine: AsyncEngine) -> None:
    people = [
        {"id": 342, "name": "Hansi Sputer", "phone": "+49301"},
        {"id": 338, "name": "Hans Schuster", "phone": None},
    ]
    service = {"id": 1, "name": "Beratung", "calcom_event_type_id": 2563193, "duration_minutes": 15}
    calls = [{"id": 687, "retell_call_id": "call_927b"}, {"id": 688, "retell_call_id": "call_39d2"}]
    async with engine.begin() as connection:
        await connection.execute(insert(CUSTOMERS), people)
        await connection.execute(insert(SERVICES), [service])
        await connection.execute(insert(CALLS), [{**call, "created_at": CALL_TIME} for call in calls])


@pytest.fixture
def transactions(engine: AsyncEngine) -> SqlTransactions:
    return SqlTransactions(engine, SystemIds())
