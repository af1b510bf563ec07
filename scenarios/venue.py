"""A database for many runs: a migrated SQLite file and an engine whose connections outlive a run.

Migrating and opening connections cost more than a run; so both are done once, and every run starts from the
same bytes and the same open connections. A run that crashed a connection leaves the venue spoilt: open a new one,
or the next run would differ from the same run elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from booking_core.migrations.schema import schema_template_bytes
from booking_core.storage.engines import SqliteMode, create_engine
from scenarios.incidents.facts import EVENT_TYPE_ID, SERVICE, SLOT_MINUTES
from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions, connector
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.run_pool import RunPool
from simulator.adapters.sqlite_store import SqliteStore
from simulator.limits import Limits
from simulator.schedulers.plain import Plain
from simulator.simulation import Simulation

HEAD = "head"
CONNECTIONS = 10  # opened beforehand: more than any scenario has transactions open at a time
_QUIET = Limits(choice_points_min=0)


@dataclass(frozen=True, slots=True)
class Venue:
    """The store and the engine on it."""

    store: SqliteStore
    engine: AsyncEngine

    @property
    def is_reusable(self) -> bool:
        """Whether every connection that was opened beforehand is back in the pool."""
        pool = self.engine.pool
        assert isinstance(pool, RunPool)
        return pool.checkedin() == CONNECTIONS

    def close(self, frozen: FrozenTime) -> None:
        """Close the connections and remove the file."""
        simulate(self.engine.dispose, frozen)
        self.store.close()


def open_venue(revision: str, mode: SqliteMode, frozen: FrozenTime) -> Venue:
    """A database at that revision of the schema, in which there is the one service, with its connections open."""
    store = SqliteStore(template(revision))
    inline = InlineSettings(transactions=Transactions(mode))
    engine = create_engine(
        "sqlite:///venue",
        sqlite_mode=mode,
        async_creator=connector(store, inline),
        pool=RunPool,
        pool_size=CONNECTIONS,
    )
    simulate(lambda: open_connections(engine), frozen)
    return Venue(store, engine)


def template(revision: str) -> bytes:
    """A database at that revision in which there is the one service, as bytes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(schema_template_bytes(revision))
        connection.execute(
            "INSERT INTO services (id, name, calcom_event_type_id, duration_minutes) VALUES (1, ?, ?, ?)",
            (SERVICE, EVENT_TYPE_ID, SLOT_MINUTES),
        )
        connection.commit()
        return connection.serialize()


async def open_connections(engine: AsyncEngine, count: int = CONNECTIONS) -> None:
    """Open so many connections and leave them in the engine's pool."""
    held: list[AsyncConnection] = [await engine.connect() for _ in range(count)]
    for connection in held:
        await connection.close()


def simulate(work: Callable[[], Awaitable[None]], frozen: FrozenTime) -> None:
    """Run something of the engine's on a simulation loop of its own."""

    async def world(_simulation: Simulation) -> None:
        await work()

    result = Simulation(world, scheduler=Plain(), environment=[frozen.environment], limits=_QUIET).run()
    if result.error is not None:
        raise result.error
