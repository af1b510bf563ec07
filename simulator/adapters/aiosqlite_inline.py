"""aiosqlite on the event loop's own thread: every statement is a step that the scheduler orders.

Only aiosqlite's queue and thread are replaced; all else is its own code. As its worker does, the queue here
runs one job after another, and a job that was queued runs even if its caller was cancelled meanwhile:
"cancelled, yet committed" can happen here because it can happen there. A statement has two points: before
it runs, and before its reply reaches the task.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from simulator.adapters.io_points import complete, note, running_actor
from simulator.adapters.run_pool import RunPool
from simulator.adapters.sqlite_busy import is_worth_waiting, next_delay_s
from simulator.adapters.sqlite_store import Journal
from simulator.adapters.statements import TransactionFootprint, parse_statement
from simulator.footprint import Footprint
from simulator.node import current_node

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from simulator.adapters.sqlite_store import SqliteStore
    from simulator.node import Node

_STATEMENTS = frozenset({"execute", "executemany", "executescript", "_execute_insert", "_execute_fetchall"})
_BOUNDARIES = frozenset({"commit", "rollback"})


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
    `reply_points`: whether the reply's way back is a choice of its own; without it "cancelled, yet
    committed" cannot happen.
    """

    transactions: Transactions = Transactions.LEGACY
    busy_timeout_s: float = 5.0
    reply_points: bool = True


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
        self._queue = _StatementQueue(self, settings, store)
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
        if self._queue.is_idle and self._running and self._connection is not None and not self._is_step(fn):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # theirs

    def _is_step(self, function: Callable[..., Any]) -> bool:
        """Whether others can notice it: a statement, or the end of a transaction."""
        name = function.__name__
        return name in _STATEMENTS or (name in _BOUNDARIES and self.is_in_transaction)

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


@dataclass(slots=True)
class _Job:
    future: asyncio.Future[Any] | None
    function: Callable[[], Any]
    text: str = ""  # the statement; empty for what is no step of its own
    values: str = ""
    actor: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Any = None
    error: Exception | None = None


class _StatementQueue:
    """Stands in for aiosqlite's queue and worker: runs jobs in order, statements through the scheduler."""

    def __init__(self, connection: InlineConnection, settings: InlineSettings, store: SqliteStore) -> None:
        self._connection = connection
        self._settings = settings
        self._footprint = TransactionFootprint(
            per_table=settings.transactions is Transactions.LEGACY and store.journal is Journal.WAL
        )
        self._jobs: deque[_Job] = deque()
        self._current: _Job | None = None
        self._node: Node | None = None
        self._abandoned = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is before the next job."""
        return self._current is None and not self._jobs

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Take a job; one that is no statement runs at once when nothing is before it."""
        self._jobs.append(self._describe(*item))
        if self._current is None:
            self._start_next()

    def abandon(self) -> None:
        """Forget every job: their callers are gone too."""
        self._abandoned = True
        self._jobs.clear()
        self._current = None

    def _describe(self, future: asyncio.Future[Any] | None, function: Callable[[], Any]) -> _Job:
        job = _Job(future, function)
        if future is None or not isinstance(function, partial):
            return job
        name = function.func.__name__
        if name in _STATEMENTS:
            job.text, job.values = str(function.args[0]), " ".join(map(repr, function.args[1:]))
        elif name in _BOUNDARIES and self._connection.is_in_transaction:  # else the driver sends nothing
            job.text = name.upper()
        if job.text:
            job.actor = running_actor(future.get_loop())
        return job

    def _start_next(self) -> None:
        while self._jobs and self._current is None:
            job = self._jobs.popleft()
            if job.text and job.future is not None:
                self._current = job
                self._follow_node()
                self._ask(job, "", partial(self._attempt, job), self._footprint.of(job.text))
            else:
                _pass_on(job, _call(job.function))

    def _ask(self, job: _Job, suffix: str, then: Callable[[], object], footprint: Footprint | None) -> None:
        """Let the scheduler say when `then` comes."""
        if job.future is not None:
            label = f"sql {parse_statement(job.text).label}{suffix}"
            complete(job.future.get_loop(), label, then, footprint=footprint, actor=job.actor)

    def _follow_node(self) -> None:
        """Die with the node whose code uses the connection now: a pool may hand it from run to run."""
        node = current_node()
        if node is not None and node is not self._node:
            node.on_crash(self._connection.crash)
        self._node = node

    def _attempt(self, job: _Job) -> None:
        if self._abandoned or job.future is None:
            return
        loop = job.future.get_loop()
        answer = _call(job.function)
        if isinstance(answer.error, sqlite3.OperationalError) and is_worth_waiting(answer.error):
            delay_s = next_delay_s(job.attempts, self._settings.busy_timeout_s)
            if delay_s is not None:
                job.attempts += 1
                loop.call_later(delay_s, self._attempt, job)
                return
        outcome = f" -> {type(answer.error).__name__}: {answer.error}" if answer.error else ""
        note(loop, "sql", f"{job.text} {job.values}{outcome}")
        if self._settings.reply_points:
            self._ask(job, " reply", partial(self._finish, job, answer), Footprint())
        else:
            self._finish(job, answer)

    def _finish(self, job: _Job, answer: _Answer) -> None:
        if self._abandoned:
            return
        self._current = None
        _pass_on(job, answer)
        self._start_next()


def _call(function: Callable[[], Any]) -> _Answer:
    try:
        return _Answer(value=function())
    except Exception as error:  # noqa: BLE001  the caller's future carries it, whatever it is
        return _Answer(error=error)


def _pass_on(job: _Job, answer: _Answer) -> None:
    if job.future is None or job.future.done():
        return
    if answer.error is not None:
        job.future.set_exception(answer.error)
    else:
        job.future.set_result(answer.value)
