from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations import schema
from booking_core.storage.engines import create_engine
from booking_core.storage.tables import METADATA
from simulator.adapters.aiosqlite_inline import connector
from simulator.adapters.sqlite_store import SqliteStore

AT = datetime(2025, 10, 6, 9, 59, 58, tzinfo=UTC)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def run(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def rows(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def indexes(engine: AsyncEngine) -> dict[str, bool]:
    """Indexes of `appointments.calcom_v2_booking_id` by name, and whether they are unique."""

    def look(connection: Connection) -> dict[str, bool]:
        found = inspect(connection).get_indexes("appointments")
        return {str(one["name"]): bool(one["unique"]) for one in found if one["column_names"] == [COLUMN]}

    async with engine.connect() as connection:
        return await connection.run_sync(look)


COLUMN = "calcom_v2_booking_id"
UID = "8Fxv4pCqnb1Jva1w9wn5wX"
PEOPLE = (
    "INSERT INTO customers (id, name, phone) VALUES (342, 'Hansi Sputer', '+49301'), (338, 'Hans Schuster', '+49302')"
)
SERVICE = "INSERT INTO services (id, name, calcom_event_type_id, duration_minutes) VALUES (1, 'Beratung', 2563193, 15)"
CALLS = (
    "INSERT INTO calls (id, retell_call_id, customer_id, created_at) VALUES "
    "(687, 'call_927b', 342, '2025-10-06 09:04:00'), (688, 'call_39d2', 338, '2025-10-06 09:39:00')"
)


def appointment(number: int, call: int, customer: int, created: str, uid: str = UID) -> str:
    columns = "id, call_id, customer_id, created_at, calcom_v2_booking_id, service_id, starts_at, ends_at, status"
    rest = "1, '2025-10-10 06:00:00', '2025-10-10 06:15:00', 'scheduled'"
    return f"INSERT INTO appointments ({columns}) VALUES ({number}, {call}, {customer}, '{created}', '{uid}', {rest})"  # noqa: S608


async def put_the_duplicate_in(engine: AsyncEngine) -> None:
    older = appointment(642, 687, 342, "2025-10-06 09:04:54")
    newer = appointment(643, 688, 338, "2025-10-06 09:39:22")
    link = "UPDATE calls SET appointment_id = 643 WHERE id = 688"
    await run(engine, PEOPLE, SERVICE, CALLS, older, newer, link)


async def test_the_migrated_schema_is_what_the_statements_expect(engine: AsyncEngine) -> None:
    await schema.upgrade(engine)

    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)

    # SQLAlchemy reads no ON DELETE of a column's own REFERENCES on SQLite; the deletion test below sees it work.
    if engine.dialect.name == "sqlite":
        found = [one for one in found if one[0] not in {"remove_fk", "add_fk"}]
    assert found == []


async def test_up_down_and_up_again_with_rows_in_it(engine: AsyncEngine) -> None:
    await schema.upgrade(engine)
    await run(engine, PEOPLE, SERVICE, CALLS, appointment(642, 687, 342, "2025-10-06 09:04:54"))
    await run(engine, "UPDATE calls SET appointment_id = 642 WHERE id = 687")

    await schema.downgrade(engine, "0001")
    kept = await rows(engine, "SELECT id FROM appointments")
    await schema.downgrade(engine, "base")
    gone = await schema.current(engine)
    await schema.upgrade(engine)

    assert kept == [(642,)]
    assert gone is None
    assert await schema.current(engine) == schema.LATEST
    assert await rows(engine, "SELECT id FROM appointments") == []


async def test_the_unique_key_replaces_the_plain_index_and_goes_again(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    before = await indexes(engine)
    await schema.upgrade(engine)
    protected = await indexes(engine)
    await schema.downgrade(engine, schema.WITHOUT_UNIQUE_KEY)

    assert before == {"ix_appointments_calcom_v2_booking_id": False}
    assert protected == {"unique_calcom_v2_booking_id": True}
    assert await indexes(engine) == before


async def test_without_the_key_one_booking_can_have_two_rows_and_with_it_not(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    await put_the_duplicate_in(engine)

    await schema.upgrade(engine, at=AT)

    with pytest.raises(IntegrityError):
        await run(engine, appointment(644, 688, 338, "2025-10-06 09:40:00"))


async def test_a_step_that_broke_half_way_can_be_run_again(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    await run(engine, f"CREATE UNIQUE INDEX unique_calcom_v2_booking_id ON appointments ({COLUMN})")

    await schema.upgrade(engine)

    assert await indexes(engine) == {"unique_calcom_v2_booking_id": True}


async def test_a_database_from_before_the_columns_gets_them(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, "0003")
    await run(
        engine,
        "ALTER TABLE calls DROP COLUMN asked_at",
        "ALTER TABLE booking_attempts DROP COLUMN awaited",
        *(PEOPLE, SERVICE, CALLS),
        "INSERT INTO booking_attempts (attempt_key, call_id, customer_id, service_id, starts_at, attendee_email, state,"
        " created_at, updated_at)"
        " VALUES ('key', 687, 342, 1, '2025-10-10 06:00:00', 'a@example.com', 'open', '2025-10-06', '2025-10-06')",
    )

    await schema.upgrade(engine)

    assert await rows(engine, "SELECT asked_at FROM calls WHERE id = 687") == [(None,)]
    assert [bool(awaited) for (awaited,) in await rows(engine, "SELECT awaited FROM booking_attempts")] == [False]


async def test_two_that_migrate_at_once_take_turns(engine: AsyncEngine) -> None:
    await asyncio.gather(schema.upgrade(engine), schema.upgrade(engine))

    assert await schema.current(engine) == schema.LATEST


async def test_bookings_whose_ids_differ_by_case_are_two_bookings(engine: AsyncEngine) -> None:
    await schema.upgrade(engine)
    await run(engine, PEOPLE, SERVICE, CALLS, appointment(642, 687, 342, "2025-10-06 09:04:54"))

    await run(engine, appointment(643, 688, 338, "2025-10-06 09:39:22", uid=UID.swapcase()))

    assert len(await rows(engine, "SELECT id FROM appointments")) == 2


async def test_the_key_settles_the_duplicate_first_by_cancelling_it(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    await put_the_duplicate_in(engine)

    await schema.upgrade(engine, at=AT)

    query = "SELECT id, status, notes, calcom_v2_booking_id FROM appointments ORDER BY id"
    assert await rows(engine, query) == [
        (642, "scheduled", None, UID),
        (643, "cancelled", "SYSTEM ERROR: Duplicate booking ID detected", None),
    ]
    assert await rows(engine, "SELECT customer_id, appointment_id, channel, kind FROM notifications") == [
        (338, 643, "sms", "duplicate_settled")
    ]


async def test_the_key_settles_the_duplicate_first_by_deleting_it(engine: AsyncEngine) -> None:
    await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    await put_the_duplicate_in(engine)

    await schema.upgrade(engine, duplicates="delete", at=AT)

    assert await rows(engine, "SELECT id FROM appointments") == [(642,)]
    assert await rows(engine, "SELECT appointment_id FROM calls WHERE id = 688") == [(None,)]
    assert await rows(engine, "SELECT customer_id, appointment_id FROM notifications") == [(338, None)]


async def test_an_id_that_was_deleted_is_never_given_again_on_sqlite(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    await schema.upgrade(engine)
    await run(engine, PEOPLE, "DELETE FROM customers WHERE id = 342")

    await run(engine, "INSERT INTO customers (name) VALUES ('Somebody else')")

    assert await rows(engine, "SELECT max(id) FROM customers") == [(343,)]
    await engine.dispose()


async def test_an_unknown_step_is_named(sqlite_url: str) -> None:
    with pytest.raises(schema.UnknownRevisionError, match="no migration '0099'; expected 0001 to 0004"):
        await schema.upgrade(sqlite_url, "0099")


async def test_an_unknown_policy_changes_nothing(sqlite_url: str) -> None:
    with pytest.raises(ValueError, match="merge"):
        await schema.upgrade(sqlite_url, duplicates="merge")

    assert await schema.current(sqlite_url) is None


async def test_a_template_is_a_database_that_can_be_copied(tmp_path: Path) -> None:
    content = schema.schema_template_bytes(schema.WITHOUT_UNIQUE_KEY)
    path = tmp_path / "copy.db"
    path.write_bytes(content)

    assert await schema.current(f"sqlite:///{path}") == "0002"


async def test_the_migrations_run_on_a_simulators_own_connections() -> None:
    with SqliteStore(schema.schema_template_bytes("0001")) as store:
        engine = create_engine("sqlite:///simulated", async_creator=connector(store))

        await schema.upgrade(engine)

        assert await schema.current(engine) == schema.LATEST
        await engine.dispose()


def test_the_latest_revision_is_the_last_step() -> None:
    folder = str(Path(schema.__file__).parent)

    assert ScriptDirectory(folder).get_current_head() == schema.LATEST
