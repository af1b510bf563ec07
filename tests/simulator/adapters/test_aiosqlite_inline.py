"""The inline connection behaves as aiosqlite's thread does, crash and cancellation included."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions, connector, create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import SqliteStore
from simulator.checker import Verdict
from simulator.choices import Choices
from simulator.limits import Limits
from simulator.loop import SimulationLoop
from simulator.schedulers import Pct, Plain, Uniform
from simulator.simulation import Simulation
from tests.simulator.adapters.orm import check_then_insert, races, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.loop import SimulationLoop as Loop


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore(template()) as opened:
        yield opened


async def test_it_serves_a_stock_loop_too(store: SqliteStore) -> None:
    engine = create_engine_inline(store)
    sessions = async_sessionmaker(engine)

    answers = [await check_then_insert(sessions), await check_then_insert(sessions)]
    await engine.dispose()

    assert answers == ["booked", "taken"]


async def test_a_crash_in_a_half_read_select_gives_the_lock_back(store: SqliteStore) -> None:
    crashing, other = await connector(store)(), await connector(store)()
    await other.executescript("INSERT INTO booking (slot, who) VALUES ('a', 'x'), ('b', 'y')")
    crashing.isolation_level = None
    await crashing.execute("BEGIN IMMEDIATE")
    half_read = await crashing.execute("SELECT who FROM booking")
    await half_read.fetchone()

    crashing.crash()
    await other.execute("INSERT INTO booking (slot, who) VALUES ('c', 'z')")
    await other.commit()
    await other.close()

    assert half_read is not None, "its statement was alive all the time"


async def test_aiosqlites_own_interface_works_on_it(store: SqliteStore) -> None:
    connection = await connector(store)()

    await connection.execute("INSERT INTO booking (slot, who) VALUES (?, ?)", ("a", "x"))
    await connection.commit()
    rows = await connection.execute_fetchall("SELECT slot, who FROM booking")
    await connection.close()

    assert [tuple(row) for row in rows] == [("a", "x")]
    with pytest.raises(ValueError, match="no active connection"):
        await connection.execute("SELECT 1")


async def test_an_error_of_a_statement_reaches_its_caller(store: SqliteStore) -> None:
    connection = await connector(store)()

    with pytest.raises(aiosqlite.OperationalError, match="no such table: missing"):
        await connection.execute("SELECT * FROM missing")
    await connection.close()


def test_every_statement_asks_the_scheduler_before_it_runs_and_before_it_replies(store: SqliteStore) -> None:
    loop = SimulationLoop()

    async def work() -> None:
        connection = await connector(store)()
        await connection.execute("INSERT INTO booking (slot, who) VALUES ('a', 'x')")
        await connection.commit()
        await connection.close()

    _finish(loop, work)

    points = [event.text for event in loop.trace.events if event.kind == "io"]
    assert points == [
        "main#1: sql INSERT booking",
        "main#1: sql INSERT booking reply",
        "main#1: sql COMMIT",
        "main#1: sql COMMIT reply",
    ]


def test_inside_an_exclusive_transaction_a_reply_is_no_step(store: SqliteStore) -> None:
    loop = SimulationLoop()

    async def work() -> None:
        connection = await connector(store, InlineSettings(transactions=Transactions.IMMEDIATE))()
        connection.isolation_level = None
        await connection.execute("BEGIN IMMEDIATE")
        await connection.execute("SELECT who FROM booking")
        await connection.execute("INSERT INTO booking (slot, who) VALUES ('a', 'x')")
        await connection.commit()
        await connection.close()

    _finish(loop, work)

    points = [event.text.removeprefix("main#1: sql ") for event in loop.trace.events if event.kind == "io"]
    assert points == ["BEGIN", "BEGIN reply", "SELECT booking", "INSERT booking", "COMMIT", "COMMIT reply"]


def test_a_commit_without_a_transaction_is_no_step(store: SqliteStore) -> None:
    loop = SimulationLoop()

    async def work() -> None:
        connection = await connector(store)()
        await connection.commit()
        await connection.close()

    _finish(loop, work)

    assert [event for event in loop.trace.events if event.kind == "io"] == []


def test_a_writer_waits_for_the_lock_in_virtual_time_and_gives_up_after_five_seconds(store: SqliteStore) -> None:
    loop = SimulationLoop()

    async def work() -> tuple[str, float]:
        holder, waiter = await connector(store)(), await connector(store)()
        await holder.execute("INSERT INTO booking (slot, who) VALUES ('a', 'x')")
        began = loop.time()
        with pytest.raises(aiosqlite.OperationalError) as failure:
            await waiter.execute("INSERT INTO booking (slot, who) VALUES ('b', 'y')")
        waited = loop.time() - began
        await holder.close()
        await waiter.close()
        return str(failure.value), waited

    error, waited_s = _finish(loop, work)

    assert error == "database is locked"
    assert waited_s == pytest.approx(5.0, abs=0.01)


def test_a_waiting_writer_goes_on_when_the_lock_is_free(store: SqliteStore) -> None:
    loop = SimulationLoop()

    async def work() -> float:
        holder, waiter = await connector(store)(), await connector(store)()
        await holder.execute("INSERT INTO booking (slot, who) VALUES ('a', 'x')")
        waiting = asyncio.ensure_future(waiter.execute("INSERT INTO booking (slot, who) VALUES ('b', 'y')"))
        await asyncio.sleep(2)
        await holder.commit()
        await waiting
        ended = loop.time()
        await holder.close()
        await waiter.close()
        return ended

    assert _finish(loop, work) == pytest.approx(2.0, abs=0.2)


def test_a_caller_cancelled_at_a_random_point_may_have_committed() -> None:
    """The thread of the real driver does not hear of a cancellation: nor does this queue."""
    ends: set[tuple[str, int]] = set()
    with races(unique=True) as played:
        for seed in range(60):
            sessions = async_sessionmaker(played.engine, expire_on_commit=False)

            async def world(simulation: Simulation, sessions: async_sessionmaker = sessions) -> str:  # type: ignore[type-arg]
                noise = simulation.loop.create_task(_noise(sessions))
                booking = simulation.loop.create_task(check_then_insert(sessions))
                await _points(simulation.loop, simulation.choices.random("when").randrange(12))
                booking.cancel()
                await asyncio.wait([booking, noise])
                return "cancelled" if booking.cancelled() else "answered"

            environment = (played.frozen.environment, played.store.environment)
            limits = Limits(choice_points_min=0)  # the booking may be cancelled before there is a choice
            simulation = Simulation(world, scheduler=Uniform(seed), seed=seed, limits=limits, environment=environment)
            result = simulation.run()
            assert result.error is None, result.reason
            ends.add((result.value, played.rows("SELECT COUNT(*) FROM booking WHERE slot = 'a'")[0][0]))

    assert ("cancelled", 0) in ends
    assert ("cancelled", 1) in ends, "cancelled, yet committed"
    assert ("answered", 0) not in ends


def test_a_node_that_crashes_in_a_transaction_leaves_no_row_and_no_lock(store: SqliteStore) -> None:
    with FrozenTime() as frozen:

        async def insert_and_hang() -> None:
            engine = create_engine_inline(store)
            async with engine.begin() as connection:
                await connection.execute(text("INSERT INTO booking (slot, who) VALUES ('a', 'x')"))
                await asyncio.Event().wait()

        async def insert() -> int:
            engine = create_engine_inline(store)
            async with engine.begin() as connection:
                await connection.execute(text("INSERT INTO booking (slot, who) VALUES ('b', 'y')"))
            await engine.dispose()
            return 1

        async def world(simulation: Simulation) -> float:
            first, second = simulation.node("first"), simulation.node("second")
            first.start(insert_and_hang)
            await asyncio.sleep(1)
            first.crash()
            await second.start(insert)
            return simulation.loop.time()

        environment = (frozen.environment, store.environment)
        limits = Limits(choice_points_min=0)
        result = Simulation(world, scheduler=Plain(), limits=limits, environment=environment).run()
        ended_s = result.value
        del result
        gc.collect()  # the dead node's connection must not be mourned

    connection = store.connect()
    slots = connection.execute("SELECT slot FROM booking").fetchall()
    connection.close()
    assert slots == [("b",)]
    assert ended_s == pytest.approx(1.0, abs=0.01), "the crash released the write lock at once"


def test_the_mistake_is_found_within_few_seeds_by_pct_as_well() -> None:
    with races() as played:
        found = [
            seed
            for seed in range(40)
            if played.run([check_then_insert] * 2, Pct(seed, depth=3, horizon=20), seed).error is None
            and played.rows("SELECT COUNT(*) FROM booking") == [(2,)]
        ]

    assert found


def test_runs_on_one_kept_engine_do_not_know_each_other() -> None:
    """Forwards and backwards, every seed gives the same digest: the pool carries nothing over."""
    with races() as played:
        played.run([check_then_insert] * 2, Uniform(0))  # the engine's first connection asks the server's settings
        forwards = {seed: played.run([check_then_insert] * 2, Uniform(seed), seed).digest for seed in range(20)}
        backwards = {
            seed: played.run([check_then_insert] * 2, Uniform(seed), seed).digest for seed in reversed(range(20))
        }

    assert forwards == backwards
    assert len(set(forwards.values())) > 10


def test_a_kept_engine_keeps_no_run_alive(store: SqliteStore) -> None:
    engine, loops = create_engine_inline(store), list[weakref.ref[asyncio.AbstractEventLoop]]()

    async def ask() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def world(simulation: Simulation) -> None:
        loops.append(weakref.ref(simulation.loop))
        await simulation.node("gateway").spawn(ask)

    with FrozenTime() as frozen:
        limits, environment = Limits(choice_points_min=0), [frozen.environment, store.environment]
        assert Simulation(world, scheduler=Plain(), limits=limits, environment=environment).run().error is None
    gc.collect()
    kept = [loop() for loop in loops]
    asyncio.run(engine.dispose())

    assert kept == [None]


def test_reply_points_can_be_left_out(store: SqliteStore) -> None:
    loop = SimulationLoop(Choices(Plain()))

    async def work() -> None:
        connection = await connector(store, InlineSettings(reply_points=False))()
        await connection.execute("SELECT 1")
        await connection.close()

    _finish(loop, work)

    assert [event.text for event in loop.trace.events if event.kind == "io"] == ["main#1: sql SELECT"]


def test_a_run_on_sqlite_is_valid_when_nothing_is_wrong() -> None:
    with races(unique=True) as played:
        result = played.run([check_then_insert], Uniform(1))

    assert (result.verdict, result.value) == (Verdict.UNKNOWN, ["booked"]), "one caller alone has no choice to make"


async def _noise(sessions: async_sessionmaker) -> None:  # type: ignore[type-arg]
    async with sessions() as session:
        for _ in range(3):
            await session.execute(text("SELECT 1"))


async def _points(loop: Loop, number: int) -> None:
    for _ in range(number):
        await loop.io_point("tick")


def _finish(loop: SimulationLoop, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()
