"""What Layers 3 and 4 cost on SQLite, and whether a million appointments make them slower."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from booking_core.clock import SystemIds
from booking_core.migrations import schema
from booking_core.ports.storage import NewAppointment
from booking_core.storage.engines import create_engine
from booking_core.storage.transactions import SqlTransactions
from tests.bench.table import Part, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booking_core.domain.model import Appointment
    from booking_core.ports.storage import UnitOfWork

_SAMPLES = 400
_START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
_FEW, _MANY = 1_000, 1_000_000
_FILL = """
    INSERT INTO customers (id, name) VALUES (1, 'Hansi Sputer');
    INSERT INTO services (id, name, calcom_event_type_id, duration_minutes) VALUES (1, 'Beratung', 2563193, 15);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
    INSERT INTO appointments (customer_id, service_id, starts_at, ends_at, status, calcom_v2_booking_id, created_at)
    SELECT 1, 1, datetime('2015-01-01', i || ' minutes') || '.000000', '2026-01-01 00:00:00.000000', 'scheduled',
           lower(hex(randomblob(11))), '2015-01-01 00:00:00.000000' FROM n;
"""


@dataclass(slots=True)
class Measured:
    """Seconds of each sample on one database."""

    transactions: SqlTransactions
    looks: list[float]
    inserts: list[float]


def measure() -> Iterator[Row]:
    """Medians, samples taken in turns so that a busy machine is unfair to nobody."""
    plain, few, many = asyncio.run(_measure())
    look_ms = median(few.looks) * 1e3
    key_ms = (median(few.inserts) - median(plain.inserts)) * 1e3
    yield Row("Layer 3: a transaction that looks for the booking", look_ms, "ms at p50")
    yield Row("the insert itself, plain index", median(plain.inserts) * 1e3, "ms at p50")
    yield Row("Layer 4: what the unique key adds to it", key_ms, "ms at p50")
    yield Row("Layers 3 and 4 together", look_ms + key_ms, "ms at p50", at_most=1.0)
    for what, one, other in (("look", few.looks, many.looks), ("insert", few.inserts, many.inserts)):
        yield Row(f"the {what} with 10^6 appointments to 10^3", median(other) / median(one), "times", at_most=1.3)


async def _measure() -> list[Measured]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sizes = (("plain", _FEW, schema.WITHOUT_UNIQUE_KEY), ("few", _FEW, "head"), ("many", _MANY, "head"))
        databases = [_open(stack, folder / f"{name}.db", count, revision) for name, count, revision in sizes]
        for number in range(_SAMPLES):
            for database in databases:
                await _sample(database, f"booking-{number}")
        return databases


def _open(stack: AsyncExitStack, path: Path, count: int, revision: str) -> Measured:
    path.write_bytes(schema.schema_template_bytes(revision))
    with sqlite3.connect(path) as connection:
        connection.executescript(_FILL.format(count=count))
    connection.close()
    engine = create_engine(f"sqlite:///{path}")
    stack.push_async_callback(engine.dispose)
    return Measured(SqlTransactions(engine, SystemIds()), [], [])


async def _sample(database: Measured, uid: str) -> None:
    new = NewAppointment(None, 1, 1, _START, _START, uid, 11489895, _START)

    async def look(uow: UnitOfWork) -> Appointment | None:
        return await uow.appointments.by_booking_uid(uid)

    async def insert(uow: UnitOfWork) -> Appointment:
        return await uow.appointments.add(new)

    began = time.perf_counter()
    await database.transactions(look)
    looked = time.perf_counter()
    await database.transactions(insert)
    database.looks.append(looked - began)
    database.inserts.append(time.perf_counter() - looked)


PART = Part("The booking core's storage", measure)
