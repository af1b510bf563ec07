from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemIds
from booking_core.domain.model import Call, Customer
from booking_core.migrations import schema
from booking_core.ports.storage import BookingAlreadyStoredError, NewAppointment, UnitOfWork
from booking_core.storage.engines import SqliteMode, create_engine
from booking_core.storage.tables import APPOINTMENTS, CALLS
from booking_core.storage.transactions import RetryBudget, SqlTransactions

START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
NOW = datetime(2025, 10, 6, 9, 4, 54, tzinfo=UTC)
HASTY = RetryBudget(attempts_max=3, first_pause_s=0.001, pause_max_s=0.002, total_s=5.0)


def new_appointment(customer_id: int = 342) -> NewAppointment:
    return NewAppointment(687, customer_id, 1, START, START + timedelta(minutes=15), "8Fxv", 11489895, NOW)


class Meeting:
    """Lets several transactions reach a point before any goes on, the first time only."""

    def __init__(self, parties: int) -> None:
        self._barrier = asyncio.Barrier(parties)
        self._met = False

    async def __call__(self) -> None:
        if not self._met:
            await self._barrier.wait()
            self._met = True


class GivenUp:
    """A body that the database gives up a number of times."""

    def __init__(self, times: int) -> None:
        self.runs = 0
        self._times = times

    async def __call__(self, uow: UnitOfWork) -> Customer:
        self.runs += 1
        customer = await uow.customers.add(f"run {self.runs}", None, None)
        if self.runs <= self._times:
            raise _busy()
        return customer


def _busy() -> OperationalError:
    original = sqlite3.OperationalError("database is locked")
    original.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return OperationalError("INSERT", {}, original)


async def test_a_given_up_transaction_runs_again_as_a_whole(engine: AsyncEngine) -> None:
    body = GivenUp(times=2)

    customer = await SqlTransactions(engine, SystemIds(), budget=HASTY)(body)

    async with engine.connect() as connection:
        names = await connection.execute(text("SELECT name FROM customers WHERE name LIKE 'run%'"))
        assert [row[0] for row in names] == ["run 3"] == [customer.name]


async def test_the_repeat_gives_the_same_ids_to_the_same_rows(engine: AsyncEngine) -> None:
    class Recorded(SystemIds):
        def __init__(self) -> None:
            self.left = [901, 902]

        def row_id(self, table: str) -> int | None:
            return self.left.pop(0)

    ids = Recorded()
    transactions = SqlTransactions(engine, ids, budget=HASTY)

    repeated = await transactions(GivenUp(times=2))
    following = await transactions(GivenUp(times=0))

    assert (repeated.id, following.id, ids.left) == (901, 902, [])


async def test_the_budget_ends_and_the_last_error_passes_through(engine: AsyncEngine) -> None:
    body = GivenUp(times=99)

    with pytest.raises(OperationalError, match="database is locked"):
        await SqlTransactions(engine, SystemIds(), budget=HASTY)(body)

    assert body.runs == HASTY.attempts_max


async def test_no_time_left_ends_it_as_well(engine: AsyncEngine) -> None:
    body = GivenUp(times=99)

    with pytest.raises(OperationalError):
        await SqlTransactions(engine, SystemIds(), budget=RetryBudget(total_s=0.0))(body)

    assert body.runs == 1


async def test_what_the_database_did_not_give_up_is_not_repeated(engine: AsyncEngine) -> None:
    runs = 0

    async def body(uow: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: x"))

    with pytest.raises(OperationalError, match="no such table"):
        await SqlTransactions(engine, SystemIds())(body)
    assert runs == 1


async def test_two_that_add_the_same_call_end_with_the_same_row(
    transactions: SqlTransactions, engine: AsyncEngine
) -> None:
    both_looked = Meeting(2) if engine.dialect.name != "sqlite" else Meeting(1)  # SQLite lets one in at a time

    async def body(uow: UnitOfWork) -> Call:
        found = await uow.calls.by_retell_id("call_new")
        await both_looked()
        return found or await uow.calls.add("call_new", None, NOW)

    one, other = await asyncio.gather(transactions(body), transactions(body))

    assert one == other
    async with engine.connect() as connection:
        query = select(func.count()).select_from(CALLS).where(CALLS.c.retell_call_id == "call_new")
        assert await connection.scalar(query) == 1


async def test_of_two_that_store_one_booking_one_learns_that_it_is_stored(
    transactions: SqlTransactions, engine: AsyncEngine
) -> None:
    both_looked = Meeting(2) if engine.dialect.name != "sqlite" else Meeting(1)

    async def body(uow: UnitOfWork) -> int:
        assert await uow.appointments.by_booking_uid("8Fxv") is None
        await both_looked()
        return (await uow.appointments.add(new_appointment())).id

    async def store() -> int | BookingAlreadyStoredError:
        try:
            return await transactions(body)
        except AssertionError:  # SQLite's loser was let in only after the winner, and sees its row
            return BookingAlreadyStoredError("8Fxv")
        except BookingAlreadyStoredError as refusal:
            return refusal

    results = await asyncio.gather(store(), store())

    async def winner(uow: UnitOfWork) -> int | None:
        found = await uow.appointments.by_booking_uid("8Fxv")
        return None if found is None else found.id

    assert [type(result) for result in sorted(results, key=str)] == [int, BookingAlreadyStoredError]
    assert await transactions(winner) in results


async def test_a_lock_makes_requests_of_one_call_take_turns(transactions: SqlTransactions) -> None:
    async def body(uow: UnitOfWork) -> int:
        await uow.calls.by_retell_id("call_927b")  # a snapshot taken here must not hide what the other one wrote
        await uow.calls.lock(687)
        call = await uow.calls.get(687)
        assert call is not None
        count = (call.booking_metadata or {}).get("count", 0) + 1
        await uow.calls.note(687, customer_id=342, booking_details={})
        await uow.calls.link(687, appointment_id, {"count": count})
        return int(count)

    async def prepare(uow: UnitOfWork) -> int:
        return (await uow.appointments.add(new_appointment())).id

    appointment_id = await transactions(prepare)

    counts = await asyncio.gather(*(transactions(body) for _ in range(4)))

    assert sorted(counts) == [1, 2, 3, 4]


@pytest.mark.server_database
async def test_a_deadlock_is_repeated_and_both_get_through(mariadb_url: str) -> None:
    await _deadlock(mariadb_url)


@pytest.mark.server_database
async def test_a_deadlock_on_postgres_is_repeated_as_well(postgres_url: str) -> None:
    await _deadlock(postgres_url)


async def _deadlock(url: str) -> None:
    engine = create_engine(url)
    await schema.upgrade(engine)
    transactions = SqlTransactions(engine, SystemIds())

    async def fill(uow: UnitOfWork) -> list[int]:
        return [(await uow.calls.add(f"call_{number}", None, NOW)).id for number in range(2)]

    ids = await transactions(fill)
    first_locks = Meeting(2)
    runs = 0

    async def crosswise(first: int, second: int) -> None:
        async def body(uow: UnitOfWork) -> None:
            nonlocal runs
            runs += 1
            await uow.calls.lock(first)
            await first_locks()
            await uow.calls.lock(second)

        await transactions(body)

    await asyncio.gather(crosswise(*ids), crosswise(*reversed(ids)))

    assert runs == 3
    await engine.dispose()


class TestSqliteModes:
    """Check, then insert, by two callers at once, without the unique key."""

    @pytest.fixture
    async def engines(self, sqlite_url: str) -> AsyncIterator[dict[SqliteMode, AsyncEngine]]:
        await schema.upgrade(sqlite_url, schema.WITHOUT_UNIQUE_KEY)
        engines = {mode: create_engine(sqlite_url, sqlite_mode=mode) for mode in SqliteMode}
        yield engines
        for engine in engines.values():
            await engine.dispose()

    @staticmethod
    async def store_twice(engine: AsyncEngine) -> int:
        transactions = SqlTransactions(engine, SystemIds(), budget=HASTY)

        async def fill(uow: UnitOfWork) -> int:
            await uow.calls.add("call_1", None, NOW)
            return (await uow.customers.add("Hansi Sputer", None, None)).id

        customer_id = await transactions(fill)
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO services VALUES (1, 'Beratung', 2563193, 15)"))
            await connection.execute(text("UPDATE calls SET id = 687"))

        looked = asyncio.Event()

        async def body(uow: UnitOfWork) -> None:
            if await uow.appointments.by_booking_uid("8Fxv") is None:
                if not looked.is_set():
                    looked.set()
                    await asyncio.wait({asyncio.ensure_future(other_is_through.wait())}, timeout=1.0)
                await uow.appointments.add(new_appointment(customer_id))

        async def other() -> None:
            await looked.wait()
            await transactions(body)
            other_is_through.set()

        other_is_through = asyncio.Event()
        await asyncio.gather(transactions(body), other())
        async with engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(APPOINTMENTS)) or 0

    async def test_legacy_begins_too_late_and_stores_both(self, engines: dict[SqliteMode, AsyncEngine]) -> None:
        assert await self.store_twice(engines[SqliteMode.LEGACY]) == 2

    async def test_begin_refuses_the_older_snapshot_and_the_repeat_finds_the_row(
        self, engines: dict[SqliteMode, AsyncEngine]
    ) -> None:
        assert await self.store_twice(engines[SqliteMode.BEGIN]) == 1

    async def test_immediate_lets_one_in_at_a_time(self, engines: dict[SqliteMode, AsyncEngine]) -> None:
        assert await self.store_twice(engines[SqliteMode.IMMEDIATE]) == 1


async def test_foreign_keys_and_wal_are_on_in_a_sqlite_file(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)

    async with engine.connect() as connection:
        values = [await connection.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "journal_mode")]

    assert values == [1, "wal"]
    await engine.dispose()


def test_the_pause_doubles_up_to_a_limit_and_is_never_less_than_half() -> None:
    budget = RetryBudget(first_pause_s=0.01, pause_max_s=0.05)

    assert [budget.pause_s(attempt, 1.0) for attempt in (1, 2, 3, 4)] == [0.01, 0.02, 0.04, 0.05]
    assert budget.pause_s(1, 0.0) == 0.005


async def test_a_transaction_that_finds_the_file_locked_is_repeated(sqlite_url: str) -> None:
    await schema.upgrade(sqlite_url)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    def let_go() -> float:
        holder.close()
        return 0.0

    engine = create_engine(f"{sqlite_url}?timeout=0.001")

    customer = await SqlTransactions(engine, SystemIds(), jitter=let_go)(GivenUp(times=0))

    assert customer.name == "run 1"
    await engine.dispose()


async def test_the_real_busy_of_sqlite_is_known_as_given_up(sqlite_url: str) -> None:
    from booking_core.storage.errors import is_given_up

    engine = create_engine(sqlite_url)
    async with engine.connect() as one, engine.connect() as other:
        await other.exec_driver_sql("COMMIT")
        await other.exec_driver_sql("PRAGMA busy_timeout=0")
        await one.exec_driver_sql("CREATE TABLE t (a INT)")
        with pytest.raises(DBAPIError) as error:
            await other.exec_driver_sql("BEGIN IMMEDIATE")
        await other.exec_driver_sql("BEGIN")

    assert is_given_up(error.value)
    await engine.dispose()
