"""A small booking application on SQLAlchemy's ORM, with the classic mistakes on purpose."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from simulator.adapters.aiosqlite_inline import InlineSettings, create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import Journal, SqliteStore, template_from_script
from simulator.schedulers import Plain, Uniform
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from simulator.schedulers import Scheduler
    from simulator.simulation import RunResult

    Sessions = async_sessionmaker[AsyncSession]
    Caller = Callable[[Sessions], Awaitable[str]]

_SCRIPT = """
CREATE TABLE booking (
    id INTEGER PRIMARY KEY, slot TEXT NOT NULL {unique}, who TEXT NOT NULL, made_at TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counter VALUES (1, 0), (2, 1), (3, 1);
"""


class Base(DeclarativeBase):
    """The tables of the application."""


class Booking(Base):
    """One booking of one slot."""

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[str]
    who: Mapped[str]


class Number(Base):
    """A number that callers change: row 1 counts, rows 2 and 3 are two doctors on call."""

    __tablename__ = "counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


def template(*, unique: bool = False) -> bytes:
    """The application's empty database, with or without the unique key on the slot."""
    return template_from_script(_SCRIPT.format(unique="UNIQUE" if unique else ""))


async def check_then_insert(sessions: Sessions) -> str:
    """Book slot a if nobody has."""
    async with sessions() as session, session.begin():
        taken = (
            await session.execute(select(func.count()).select_from(Booking).where(Booking.slot == "a"))
        ).scalar_one()
        if taken:
            return "taken"
        session.add(Booking(slot="a", who="x"))
        await session.flush()
        return "booked"


async def insert_then_check(sessions: Sessions) -> str:
    """Book slot a, and withdraw when somebody else is found to have booked it too."""
    async with sessions() as session, session.begin() as transaction:
        session.add(Booking(slot="a", who="x"))
        await session.flush()
        rows = (
            await session.execute(select(func.count()).select_from(Booking).where(Booking.slot == "a"))
        ).scalar_one()
        if rows > 1:
            await transaction.rollback()
            return "taken"
        return "booked"


async def increment(sessions: Sessions) -> str:
    """Read the counter, add one in Python, write it back."""
    async with sessions() as session, session.begin():
        number = (await session.execute(select(Number).where(Number.id == 1))).scalar_one()
        number.value += 1
        return "incremented"


def go_off_call(doctor: int) -> Caller:
    """A doctor leaves if the other one stays."""

    async def leave(sessions: Sessions) -> str:
        async with sessions() as session, session.begin():
            on_call = (await session.execute(select(func.sum(Number.value)).where(Number.id > 1))).scalar_one()
            if on_call < 2:
                return "stayed"
            (await session.execute(select(Number).where(Number.id == doctor))).scalar_one().value = 0
            return "left"

    return leave


@dataclass(frozen=True, slots=True)
class Races:
    """Two or more callers on one database, run after run."""

    store: SqliteStore
    frozen: FrozenTime
    settings: InlineSettings
    engine: Any

    def run(
        self, callers: Sequence[Caller], scheduler: Scheduler, seed: int = 0, *, bookings_max: int | None = None
    ) -> RunResult:
        """One run; its value is what each caller said: an outcome or the name of SQLite's error.

        With `bookings_max` the run claims that there are no more bookings at the end.
        """
        sessions = async_sessionmaker(self.engine, expire_on_commit=False)

        async def world(simulation: Simulation) -> list[str]:
            nodes = [simulation.node(f"caller-{number}") for number in range(len(callers))]
            started = [
                node.start(partial(_outcome, caller, sessions)) for node, caller in zip(nodes, callers, strict=True)
            ]
            said = [await future for future in started]
            bookings = self.rows("SELECT COUNT(*) FROM booking")[0][0] if bookings_max is not None else 0
            assert bookings <= (bookings_max or 0), f"{bookings} bookings of one slot"
            return said

        environment = (self.frozen.environment, self.store.environment)
        return Simulation(world, scheduler=scheduler, seed=seed, environment=environment).run()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds now."""
        connection = self.store.connect()
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def outcomes(self, callers: Sequence[Caller], seeds: int, query: str) -> Counter[tuple[Any, ...]]:
        """How often each end came about: what `query` gives, then the callers' answers in order."""
        counts: Counter[tuple[Any, ...]] = Counter()
        for seed in range(seeds):
            result = self.run(callers, Uniform(seed), seed)
            assert result.error is None, result.reason
            counts[(*self.rows(query)[0], *sorted(result.value))] += 1
        return counts

    async def dispose(self) -> None:
        """Close the engine's connections."""
        await self.engine.dispose()


async def _outcome(caller: Caller, sessions: Sessions) -> str:
    try:
        return await caller(sessions)
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlite_errorname", error))


@contextmanager
def races(
    *, unique: bool = False, journal: Journal = Journal.WAL, settings: InlineSettings | None = None
) -> Iterator[Races]:
    """A database and an engine that serve many runs."""
    chosen = settings or InlineSettings()
    with SqliteStore(template(unique=unique), journal=journal) as store, FrozenTime() as frozen:
        engine = create_engine_inline(store, settings=chosen)
        played = Races(store, frozen, chosen, engine)
        try:
            yield played
        finally:

            async def close(_simulation: Simulation) -> None:
                await engine.dispose()

            Simulation(close, scheduler=Plain(), environment=(frozen.environment,)).run()
