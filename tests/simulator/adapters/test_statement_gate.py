"""Every order of two callers' statements on real servers, and where they disagree with SQLite."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from simulator.adapters.statement_gate import MariaDbLocks, PostgresLocks, StatementGate, every_interleaving
from simulator.choices import Choices
from simulator.schedulers import Plain, Question
from tests.simulator.adapters.orm import check_then_insert, insert_then_check, races

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from simulator.adapters.statement_gate import LockView
    from tests.simulator.adapters.orm import Caller, Sessions


Outcomes = Counter[tuple[Any, ...]]
TABLE = "CREATE TABLE booking (id {identity}, slot VARCHAR(20) NOT NULL {unique}, who VARCHAR(20) NOT NULL)"


@dataclass(frozen=True, slots=True)
class Server:
    """A fresh database behind the gate."""

    engine: AsyncEngine
    control: AsyncEngine

    async def outcomes(self, caller: Caller) -> Outcomes:
        """How often each end came about over all interleavings of two such callers: bookings, then the two answers."""
        sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        counts: Outcomes = Counter()
        async with self.control.connect() as view, self.control.connect() as admin:
            locks: LockView = PostgresLocks(view) if self.engine.dialect.name == "postgresql" else MariaDbLocks(view)

            async def play(choices: Choices) -> tuple[Any, ...]:
                # Not DELETE: rows that wait for the purge would be locked too, and weigh in choosing deadlock victims.
                await admin.execute(text("TRUNCATE TABLE booking"))
                gate = StatementGate(self.engine, locks, choices)
                answers = await gate.run({name: lambda: _answer(caller, sessions) for name in ("ann", "bob")})
                bookings = (await admin.execute(text("SELECT COUNT(*) FROM booking"))).scalar_one()
                return (bookings, *sorted(map(str, answers.values())))

            async for outcome in every_interleaving(play):
                counts[outcome] += 1
        return counts


@asynccontextmanager
async def server(url: str, level: str, *, unique: bool = False) -> AsyncIterator[Server]:
    engine = create_async_engine(url, isolation_level=level)
    control = create_async_engine(url, isolation_level="AUTOCOMMIT")
    identity = "SERIAL PRIMARY KEY" if url.startswith("postgresql") else "INT PRIMARY KEY AUTO_INCREMENT"
    try:
        async with control.connect() as connection:
            await connection.execute(text(TABLE.format(identity=identity, unique="UNIQUE" if unique else "")))
        yield Server(engine, control)
    finally:
        await engine.dispose()
        await control.dispose()


async def _answer(caller: Caller, sessions: Sessions) -> str:
    try:
        return await caller(sessions)
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", None) or error.orig.args[0])  # type: ignore[union-attr]


BOTH = (2, "booked", "booked")
TURNS = (1, "booked", "taken")
CHECKED, MISCHECKED = {TURNS}, {BOTH, TURNS}
UNSERIALIZABLE = {TURNS, (1, "40001", "booked")}

POSTGRES: list[tuple[Caller, str, bool, set[tuple[Any, ...]]]] = [
    (check_then_insert, "READ COMMITTED", False, MISCHECKED),
    (check_then_insert, "REPEATABLE READ", False, MISCHECKED),
    (check_then_insert, "SERIALIZABLE", False, UNSERIALIZABLE),
    (check_then_insert, "READ COMMITTED", True, {TURNS, (1, "23505", "booked")}),
    (check_then_insert, "REPEATABLE READ", True, {TURNS, (1, "23505", "booked")}),
    (check_then_insert, "SERIALIZABLE", True, UNSERIALIZABLE),
    (insert_then_check, "READ COMMITTED", False, MISCHECKED),
    (insert_then_check, "REPEATABLE READ", False, MISCHECKED),
    (insert_then_check, "SERIALIZABLE", False, UNSERIALIZABLE),
    (insert_then_check, "READ COMMITTED", True, {(1, "23505", "booked")}),
]
MARIADB: list[tuple[Caller, str, bool, set[tuple[Any, ...]]]] = [
    (check_then_insert, "READ COMMITTED", False, MISCHECKED),
    (check_then_insert, "REPEATABLE READ", False, MISCHECKED),
    (check_then_insert, "SERIALIZABLE", False, UNSERIALIZABLE),
    (check_then_insert, "READ COMMITTED", True, {TURNS, (1, "23000", "booked")}),
    (check_then_insert, "REPEATABLE READ", True, {TURNS, (1, "23000", "booked")}),
    (check_then_insert, "SERIALIZABLE", True, UNSERIALIZABLE),
    (insert_then_check, "READ COMMITTED", False, MISCHECKED),
    (insert_then_check, "REPEATABLE READ", False, MISCHECKED),
    (insert_then_check, "SERIALIZABLE", False, UNSERIALIZABLE),
    (insert_then_check, "READ COMMITTED", True, {(1, "23000", "booked")}),
]


@pytest.mark.server_database
@pytest.mark.parametrize(("caller", "level", "unique", "expected"), POSTGRES)
async def test_every_order_of_two_callers_on_postgresql(
    postgres_url: str, caller: Caller, level: str, unique: bool, expected: set[tuple[Any, ...]]
) -> None:
    async with server(postgres_url, level, unique=unique) as gated:
        outcomes = await gated.outcomes(caller)

    assert set(outcomes) == expected


@pytest.mark.server_database
@pytest.mark.parametrize(("caller", "level", "unique", "expected"), MARIADB)
async def test_every_order_of_two_callers_on_mariadb(
    mariadb_url: str, caller: Caller, level: str, unique: bool, expected: set[tuple[Any, ...]]
) -> None:
    async with server(mariadb_url, level, unique=unique) as gated:
        outcomes = await gated.outcomes(caller)

    assert set(outcomes) == expected


@pytest.mark.server_database
async def test_three_statements_each_are_twenty_orders(postgres_url: str) -> None:
    """SELECT, INSERT, COMMIT twice: 6! / (3! 3!) orders, none blocked without a unique key."""
    async with server(postgres_url, "READ COMMITTED") as gated:
        outcomes = await gated.outcomes(check_then_insert)

    assert outcomes == {BOTH: 18, TURNS: 2}


def test_sqlite_hides_what_the_servers_show() -> None:
    """Insert-then-check is wrong on every server; on SQLite, with its single writer, no schedule shows it."""
    with races() as played:
        on_sqlite = played.outcomes([insert_then_check] * 2, 100, "SELECT COUNT(*) FROM booking")

    assert set(on_sqlite) == CHECKED
    assert BOTH in POSTGRES[6][3]
    assert BOTH in MARIADB[6][3]


@pytest.mark.server_database
async def test_callers_that_never_stop_at_the_gate_pass_through(postgres_url: str) -> None:
    async with server(postgres_url, "READ COMMITTED") as gated, gated.control.connect() as view:
        gate = StatementGate(gated.engine, PostgresLocks(view), Choices(Plain()))

        async def idle() -> str:
            return "done"

        async def broken() -> str:
            raise ValueError("broken")

        answers = await gate.run({"idle": idle, "broken": broken})

    assert answers["idle"] == "done"
    assert isinstance(answers["broken"], ValueError)
    assert gate.order == []


class BrokenAfterTwo:
    """A scheduler that fails at its third question."""

    def __init__(self) -> None:
        self._asked = 0

    def choose(self, _question: Question) -> int:
        self._asked += 1
        if self._asked > 2:
            raise LookupError("no third answer")
        return 0


@pytest.mark.server_database
async def test_a_gate_that_fails_lets_go_of_its_callers(postgres_url: str) -> None:
    async with server(postgres_url, "READ COMMITTED") as gated, gated.control.connect() as view:
        sessions = async_sessionmaker(gated.engine, expire_on_commit=False)
        gate = StatementGate(gated.engine, PostgresLocks(view), Choices(BrokenAfterTwo()))

        with pytest.raises(LookupError, match="no third answer"):
            await gate.run({name: lambda: check_then_insert(sessions) for name in ("ann", "bob")})

        await view.execute(text("SET lock_timeout = '15s'"))
        await view.execute(text("TRUNCATE TABLE booking"))


async def test_an_order_that_comes_out_differently_is_played_again_and_not_for_ever() -> None:
    plays = 0

    async def play(choices: Choices) -> int:
        nonlocal plays
        plays += 1
        options = ("a", "b") if plays != 2 else ("b", "a")  # the second play is not as the first
        answer = choices.ask(Question("schedule", "next", 2, options))
        if choices.failure is not None:
            raise choices.failure
        return answer

    answers = [answer async for answer in every_interleaving(play)]

    assert (answers, plays) == ([0, 1], 3)
