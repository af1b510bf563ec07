"""Stands in for aiosqlite's queue and worker thread: one job after another, statements when the scheduler says so.

A statement has two points: before it runs, and before its reply reaches the task. Inside a transaction that holds
the write lock a reply has none: it tells of what nobody else can see or change, so no order is lost with it, and
an order of its own would only be the next statement's under another name.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVarTuple, Unpack

from simulator.adapters.io_points import complete, note, running_actor
from simulator.adapters.sqlite_busy import is_worth_waiting, next_delay_s
from simulator.adapters.statements import parse_statement
from simulator.footprint import Footprint
from simulator.node import current_node

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from simulator.adapters.aiosqlite_inline import InlineConnection, InlineSettings
    from simulator.adapters.statements import TransactionFootprint
    from simulator.node import Node

Ts = TypeVarTuple("Ts")

_STATEMENTS = frozenset({"execute", "executemany", "executescript", "_execute_insert", "_execute_fetchall"})
_BOUNDARIES = frozenset({"commit", "rollback"})
_NOTHING = Footprint()


def is_step(function: Callable[..., Any], *, in_transaction: bool) -> bool:
    """Whether others can notice that the driver's function is called: a statement, or the end of a transaction."""
    name = function.__name__
    return name in _STATEMENTS or (in_transaction and name in _BOUNDARIES)


@dataclass(slots=True)
class _Job:
    future: asyncio.Future[Any] | None
    function: Callable[[], Any]
    text: str = ""  # the statement; empty for what is no step of its own
    values: str = ""
    actor: str | None = None
    attempts: int = 0


class _Answer(NamedTuple):
    value: Any = None
    error: Exception | None = None


class StatementQueue:
    """The jobs of one connection."""

    def __init__(self, connection: InlineConnection, settings: InlineSettings, footprint: TransactionFootprint) -> None:
        self._connection = connection
        self._settings = settings
        self._footprint = footprint
        self._jobs: deque[_Job] = deque()
        self._current: _Job | None = None
        self._node: weakref.ref[Node] | None = None
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
        if is_step(function.func, in_transaction=self._connection.is_in_transaction):
            first, *others = function.args or (function.func.__name__.upper(),)
            job.text, job.values = str(first), " ".join(map(repr, others))
            job.actor = running_actor(future.get_loop())
        return job

    def _start_next(self) -> None:
        while self._jobs and self._current is None:
            job = self._jobs.popleft()
            if job.text and job.future is not None:
                self._current = job
                self._follow_node()
                self._ask(job, "", self._footprint.of(job.text), self._attempt, job)
            else:
                _pass_on(job, _call(job.function))

    def _ask(
        self,
        job: _Job,
        suffix: str,
        footprint: Footprint | None,
        then: Callable[[Unpack[Ts]], object],
        *args: *Ts,
    ) -> None:
        """Let the scheduler say when `then` comes."""
        if job.future is not None:
            label = f"sql {parse_statement(job.text).label}{suffix}"
            complete(job.future.get_loop(), label, then, *args, footprint=footprint, actor=job.actor)

    def _follow_node(self) -> None:
        """Die with the node whose code uses the connection now: a pool may hand it from run to run."""
        node = current_node()
        if node is None:
            self._node = None
        elif self._node is None or self._node() is not node:
            node.on_crash(self._connection.crash)
            self._node = weakref.ref(node)  # its run is over before the connection is

    def _attempt(self, job: _Job) -> None:
        if self._abandoned or job.future is None:
            return
        loop = job.future.get_loop()
        was_inside = self._connection.is_in_transaction
        answer = _call(job.function)
        if isinstance(answer.error, sqlite3.OperationalError) and is_worth_waiting(answer.error):
            delay_s = next_delay_s(job.attempts, self._settings.busy_timeout_s)
            if delay_s is not None:
                job.attempts += 1
                loop.call_later(delay_s, self._attempt, job)
                return
        outcome = f" -> {type(answer.error).__name__}: {answer.error}" if answer.error else ""
        note(loop, "sql", f"{job.text} {job.values}{outcome}")
        is_private = self._settings.is_exclusive and was_inside and self._connection.is_in_transaction
        if self._settings.reply_points and not is_private:
            self._ask(job, " reply", _NOTHING, self._finish, job, answer)
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
