"""A database and engines for many storms: every life of a gateway has an engine of its own, as a process has.

Migrating and connecting cost more than a run, so they are done beforehand. A crash closes its engine's connections;
that engine alone is connected anew before the next run, and keeps what it has compiled.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.storage.engines import SqliteMode, create_engine
from scenarios.venue import open_connections, simulate, template
from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions, connector, follow_crashes
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.run_pool import RunPool
from simulator.adapters.sqlite_store import SqliteStore

LIVES_MAX = 4  # two gateways, each of which crashes at most once
CONNECTIONS = 5  # of each engine, as in production; more open when they are needed


@dataclass(slots=True)
class Fleet:
    """The store, an engine for each life, and one to look at what is left."""

    store: SqliteStore
    observer: AsyncEngine
    engines: tuple[AsyncEngine, ...]
    frozen: FrozenTime
    _taken: int = 0
    _crashed: list[AsyncEngine] = field(default_factory=list)

    def begin(self) -> None:
        """A run begins: the first life gets the first engine."""
        self._taken = 0

    def take(self) -> AsyncEngine:
        """The engine of the next life."""
        self._taken += 1
        return self.engines[self._taken - 1]

    def lose(self, engine: AsyncEngine) -> None:
        """The life that had this engine crashed, and its connections with it."""
        self._crashed.append(engine)

    def mend(self) -> None:
        """Connect those engines anew that did not come through the run whole."""
        for engine in (*self.engines[: self._taken], self.observer):
            if engine in self._crashed or not _is_whole(engine):
                simulate(partial(_reconnect, engine), self.frozen)
        self._crashed.clear()

    def close(self) -> None:
        """Close everything and remove the file."""
        for engine in (*self.engines, self.observer):
            simulate(engine.dispose, self.frozen)
        self.store.close()


def open_fleet(revision: str, mode: SqliteMode, frozen: FrozenTime) -> Fleet:
    """A database at that revision of the schema, with its connections open."""
    store = SqliteStore(template(revision))
    inline = InlineSettings(transactions=Transactions(mode))
    engines = [_open_engine(store, mode, inline, frozen) for _ in range(LIVES_MAX)]
    observer = _open_engine(store, mode, replace(inline, reply_points=False), frozen)  # nobody cancels it
    return Fleet(store, observer, tuple(engines), frozen)


def _open_engine(store: SqliteStore, mode: SqliteMode, inline: InlineSettings, frozen: FrozenTime) -> AsyncEngine:
    engine = create_engine(
        "sqlite:///storm",
        sqlite_mode=mode,
        async_creator=connector(store, inline),
        pool=RunPool,
        pool_size=CONNECTIONS,
    )
    follow_crashes(engine)
    simulate(partial(open_connections, engine, CONNECTIONS), frozen)
    return engine


async def _reconnect(engine: AsyncEngine) -> None:
    await engine.dispose()
    await open_connections(engine, CONNECTIONS)


def _is_whole(engine: AsyncEngine) -> bool:
    pool = engine.pool
    assert isinstance(pool, RunPool)
    return pool.checkedin() == CONNECTIONS
