"""aiosqlite on the event loop's own thread: every statement is a step that the scheduler orders.

Only aiosqlite's queue and thread are replaced; all else is its own code. As its worker does, the queue here
runs one job after another, and a job that was queued runs even if its caller was cancelled meanwhile:
"cancelled, yet committed" can happen here because it can happen there.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from simulator.adapters.run_pool import RunPool
from simulator.adapters.sqlite_store import Journal
from simulator.adapters.statement_queue import StatementQueue, is_step
from simulator.adapters.statements import TransactionFootprint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from simulator.adapters.sqlite_store import SqliteStore


class Transactions(StrEnum):
    """When a transaction begins.

    `legacy`: at the first write, as Python's driver does by default, so that a check before it is outside.
    `begin`: with the first statement, on a snapshot. `immediate`: at once with the write lock.
    """

    LEGACY = "legacy"
    BEGIN = "begin"
    IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True)
class InlineSettings:
    """How an engine's connections behave.

    `busy_timeout_s`: virtual seconds a statement waits for a lock, 5 as the driver's default.
    `reply_points`: whether the reply's way back is a choice of its own where others can notice what was done;
    without it "cancelled, yet committed" cannot happen.
    """

    transactions: Transactions = Transactions.LEGACY
    busy_timeout_s: float = 5.0
    reply_points: bool = True

    @property
    def is_exclusive(self) -> bool:
        """Whether nobody else can write, nor see a write, as long as a transaction lasts."""
        return self.transactions is Transactions.IMMEDIATE


def connector(store: SqliteStore, settings: InlineSettings | None = None) -> Callable[..., Awaitable[InlineConnection]]:
    """What an application's own `create_async_engine(async_creator=...)` takes to run inside a simulation.

    An application that sets its own BEGIN runs as it is: give `settings.transactions` what it sets, for the
    footprints.
    """

    async def connect(*_arguments: object, **_options: object) -> InlineConnection:
        return await InlineConnection(store, settings or InlineSettings())  # type: ignore[return-value]

    return connect


def create_engine_inline(store: SqliteStore, *, settings: InlineSettings | None = None, **options: Any) -> AsyncEngine:
    """An engine on `store` whose every statement is a choice; it may serve several runs, one after another.

    `options` go to `create_async_engine`. On a stock loop it works as well: statements then come in plain
    order.
    """
    chosen = settings or InlineSettings()
    options.setdefault("poolclass", RunPool)
    # The URL names a file only for SQLAlchemy to pool connections; the creator says what is opened.
    engine = create_async_engine("sqlite+aiosqlite:///store.db", async_creator=connector(store, chosen), **options)
    follow_crashes(engine)
    if chosen.transactions is not Transactions.LEGACY:
        _begin_explicitly(engine, "BEGIN IMMEDIATE" if chosen.transactions is Transactions.IMMEDIATE else "BEGIN")
    return engine


def follow_crashes(engine: AsyncEngine) -> None:
    """Teach an engine's pool that connections crash: a dead one is replaced, and the collector does not mourn it."""

    def checked_out(connection: Any, _record: object, borrowed: Any) -> None:
        inline: InlineConnection = connection.driver_connection
        if inline.is_closed:
            raise DisconnectionError("the connection crashed in an earlier run")
        inline.when_crashing = borrowed._finalizer.detach  # noqa: SLF001  SQLAlchemy has no public way

    event.listen(engine.sync_engine, "checkout", checked_out)


def _begin_explicitly(engine: AsyncEngine, begin: str) -> None:
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", began)


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection without a thread; `crash` ends it as a killed process would."""

    def __init__(self, store: SqliteStore, settings: InlineSettings) -> None:
        super().__init__(store.connect, iter_chunk_size=64)
        per_table = settings.transactions is Transactions.LEGACY and store.journal is Journal.WAL
        self._queue = StatementQueue(self, settings, TransactionFootprint(per_table=per_table))
        self._tx = self._queue  # type: ignore[assignment]  # the point of this class: no SimpleQueue,
        self._thread = _NoThread()  # type: ignore[assignment]  # and no thread
        self.when_crashing: Callable[[], object] = _nothing

    @property
    def is_closed(self) -> bool:
        """True after `close` and after `crash`."""
        return self._connection is None

    @property
    def is_in_transaction(self) -> bool:
        """The driver's `in_transaction`, False once closed."""
        return self._connection is not None and self._connection.in_transaction

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As aiosqlite does; what the queue would run at once is called at once, without job or future."""
        is_open = self._running and self._connection is not None
        if is_open and self._queue.is_idle and not is_step(fn, in_transaction=self.is_in_transaction):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # theirs

    def crash(self) -> None:
        """Close without commit and answer nobody: what was not committed is gone, what waits never hears back."""
        self.when_crashing()
        self._queue.abandon()
        self._running = False
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.rollback()  # a half-read SELECT would keep the closed connection alive, and its lock
            connection.close()


def _nothing() -> None:
    """What happens at a crash until a pool says otherwise."""


class _NoThread:
    """aiosqlite starts a thread in `__await__`; SQLAlchemy marks it a daemon."""

    daemon = True

    def start(self) -> None:
        """Nothing to start."""
