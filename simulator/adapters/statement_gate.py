"""A real database server behind a gate that lets one statement through at a time.

C drivers and servers cannot run inside a simulation, but the order in which their statements are sent can
be chosen. The gate runs on a stock loop: each caller stops before every statement, COMMIT and ROLLBACK; the
choices say who goes on; and the server itself tells which callers wait for a lock, so that a blocked
statement lets the others pass instead of hanging the run. With the exhaustive scheduler this gives every
interleaving of a few callers, on the database that production has.
"""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import event, text
from sqlalchemy.util import await_only

from simulator.adapters.statements import parse_statement
from simulator.choices import Choices
from simulator.errors import DeadlockError, ReplayDivergedError
from simulator.schedulers.exhaustive import Exhaustive
from simulator.schedulers.protocol import SCHEDULE, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")

_POLL_S = 0.002  # how long a statement may run before the server is asked whether it waits for a lock
_PATIENCE_S = 15.0  # nobody asks and nobody moves for so long: the servers' own deadlock detection takes 1 s at most
_REPEATS_MAX = 5
_TRANSACTION = re.compile(r"---TRANSACTION .*?(?=---TRANSACTION |\Z)", re.DOTALL)
_THREAD = re.compile(r"(?:MariaDB|MySQL) thread id (\d+)")


class LockView(Protocol):
    """What a server tells about sessions that wait for a lock."""

    def session_of(self, driver_connection: Any) -> int:
        """The server's number for a driver's connection."""
        ...

    async def waiting(self, sessions: set[int]) -> set[int]:
        """Those of the sessions that wait for a lock now."""
        ...


class PostgresLocks:
    """Lock waits of PostgreSQL, from `pg_blocking_pids`; `connection` must be in autocommit and used by nobody else."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def session_of(self, driver_connection: Any) -> int:
        """The backend's process id (asyncpg)."""
        return int(driver_connection.get_server_pid())

    async def waiting(self, sessions: set[int]) -> set[int]:
        """Backends that something blocks."""
        query = text("SELECT pid FROM unnest(CAST(:pids AS int[])) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0")
        return set((await self._connection.execute(query, {"pids": list(sessions)})).scalars())


class MariaDbLocks:
    """Lock waits of MariaDB and MySQL, from the InnoDB monitor: the tables in information_schema lag by 0.1 s."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def session_of(self, driver_connection: Any) -> int:
        """The server's thread id (asyncmy)."""
        return int(driver_connection.thread_id())

    async def waiting(self, sessions: set[int]) -> set[int]:
        """Threads whose transaction is in LOCK WAIT."""
        row = (await self._connection.execute(text("SHOW ENGINE INNODB STATUS"))).one()
        transactions = [part for part in _TRANSACTION.findall(row[2]) if "LOCK WAIT" in part]
        threads = {int(match[1]) for part in transactions if (match := _THREAD.search(part))}
        return threads & sessions


@dataclass(slots=True)
class _Caller:
    name: str
    task: asyncio.Task[Any] | None = None
    session: int | None = None
    asks_for: str | None = None
    """The statement it stands before; None while one is under way."""
    released: asyncio.Event | None = None


class StatementGate:
    """Runs callers against an engine, one statement at a time, in the order that `choices` choose."""

    def __init__(self, engine: AsyncEngine, locks: LockView, choices: Choices) -> None:
        self._engine = engine
        self._locks = locks
        self._choices = choices
        self._running: contextvars.ContextVar[_Caller | None] = contextvars.ContextVar("gated", default=None)
        self._changed = asyncio.Event()
        self._callers: list[_Caller] = []
        self.order: list[str] = []
        """What was let through, as `name: statement`."""

    async def run(self, callers: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T | BaseException]:
        """Run all callers to their end; the value of each is what it returned or raised."""
        with self._listening():
            self._callers = [_Caller(name) for name in callers]
            tasks = [asyncio.ensure_future(self._started(caller, callers[caller.name])) for caller in self._callers]
            for caller, task in zip(self._callers, tasks, strict=True):
                caller.task = task
                task.add_done_callback(lambda _: self._changed.set())
            try:
                while await self._settle():
                    self._release_one()
            finally:
                for task in tasks:
                    task.cancel()  # those that have not ended because the gate itself failed
                results = await asyncio.gather(*tasks, return_exceptions=True)
        return dict(zip(callers, results, strict=True))

    async def _started(self, caller: _Caller, work: Callable[[], Awaitable[T]]) -> T:
        self._running.set(caller)
        return await work()

    def _release_one(self) -> None:
        """Let the chosen caller's statement through."""
        asking = [caller for caller in self._callers if caller.asks_for is not None]
        last = self.order[-1].partition(":")[0] if self.order else ""
        asking.sort(key=lambda caller: caller.name != last)
        options = tuple(f"{caller.name}: {caller.asks_for}" for caller in asking)
        actors = tuple(caller.name for caller in asking)
        continues = sum(caller.name == last for caller in asking)
        question = Question(SCHEDULE, "next", len(asking), options, actors, (None,) * len(asking), continues)
        chosen = self._choices.ask(question)
        if self._choices.failure is not None:
            raise self._choices.failure
        self.order.append(options[chosen])
        caller = asking[chosen]
        caller.asks_for = None
        assert caller.released is not None
        caller.released.set()

    async def _settle(self) -> bool:
        """Wait until every caller has ended, asks, or waits for a lock; whether there is one that asks."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while moving := self._moving():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), _POLL_S)
            except TimeoutError:
                if await self._all_wait_for_locks(moving) and any(caller.asks_for for caller in self._callers):
                    return True
            if asyncio.get_running_loop().time() > deadline:
                names = ", ".join(caller.name for caller in self._moving())
                raise DeadlockError(
                    f"after {_PATIENCE_S:g} s still under way: {names}; order so far: {self.order}"
                ) from None
        return any(caller.asks_for for caller in self._callers)

    async def _all_wait_for_locks(self, moving: list[_Caller]) -> bool:
        """Ask the server; False also when somebody moved meanwhile, because the answer is from before that."""
        blocked = await self._locks.waiting({caller.session for caller in moving if caller.session is not None})
        return not self._changed.is_set() and all(caller.session in blocked for caller in moving)

    def _moving(self) -> list[_Caller]:
        return [
            caller
            for caller in self._callers
            if caller.asks_for is None and caller.task is not None and not caller.task.done()
        ]

    # -- what the engine's events call, inside SQLAlchemy's greenlet

    @contextmanager
    def _listening(self) -> Iterator[None]:
        def before_statement(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            self._stop(connection, parse_statement(statement).label)

        def before_commit(connection: Any) -> None:
            self._stop(connection, "COMMIT")

        def before_rollback(connection: Any) -> None:
            self._stop(connection, "ROLLBACK")

        listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": before_statement,
            "commit": before_commit,
            "rollback": before_rollback,
        }
        engine = self._engine.sync_engine
        for name, listener in listeners.items():
            event.listen(engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners.items():
                event.remove(engine, name, listener)

    def _stop(self, connection: Any, label: str) -> None:
        caller = self._running.get()
        if caller is None:
            return
        caller.session = self._locks.session_of(connection.connection.driver_connection)
        caller.released = asyncio.Event()
        caller.asks_for = label
        self._changed.set()
        await_only(caller.released.wait())


async def every_interleaving(
    play: Callable[[Choices], Awaitable[T]], *, preemptions_max: int | None = None
) -> AsyncIterator[T]:
    """Play again and again until every order of statements (up to the bound) has been seen.

    A server has freedom of its own: which caller of a deadlock it gives up may depend on what it cleans in
    the background. An order that does not come out as before is played again, a few times; then
    ReplayDivergedError is raised.
    """
    search = Exhaustive(preemptions_max=preemptions_max)
    while True:
        yield await _play_once(play, search)
        if not search.advance():
            return


async def _play_once(play: Callable[[Choices], Awaitable[T]], search: Exhaustive) -> T:
    for _ in range(_REPEATS_MAX):
        search.begin()
        with suppress(ReplayDivergedError):
            return await play(Choices(search))
    search.begin()
    return await play(Choices(search))
