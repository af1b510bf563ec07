"""The smallest race there is: look whether a slot is free, then insert, through SQLAlchemy's ORM.

Two callers do it at once on one SQLite file. Whether both can succeed depends on nothing but the transactions' mode
and the unique key, so it shows what the whole system rests on, and a search goes through all its orders in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from booking_core.domain.outcomes import Layer
from booking_core.storage.engines import SqliteMode
from scenarios.theatre import Theatre
from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions, create_engine_inline
from simulator.adapters.sqlite_store import SqliteStore, template_from_script
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult, Simulation

ID = "check-then-insert"
TITLE = "two callers look whether a slot is free, then insert (the ORM alone, no gateway)"
CALLERS = 2
_TABLE = "CREATE TABLE booking (id INTEGER PRIMARY KEY, slot TEXT NOT NULL {unique}, caller TEXT NOT NULL);"


class _Base(DeclarativeBase):
    """The one table."""


class _Booking(_Base):
    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[str]
    caller: Mapped[str]


class CheckThenInsert:
    """The race with or without the unique key, in one of SQLite's modes."""

    id = ID

    def __init__(self, theatre: Theatre, mode: SqliteMode, *, unique_key: bool) -> None:
        self._theatre = theatre
        self._mode = mode
        self._unique_key = unique_key
        self._template = template_from_script(_TABLE.format(unique="UNIQUE" if unique_key else ""))

    @classmethod
    def of_context(cls, theatre: Theatre, context: Mapping[str, Any]) -> CheckThenInsert:
        """From what a recording says."""
        unique_key = Layer.UNIQUE_BOOKING not in context["without"]
        return cls(theatre, SqliteMode(context["sqlite_mode"]), unique_key=unique_key)

    @property
    def context(self) -> dict[str, Any]:
        """The mode, and whether the unique key is there."""
        without = [] if self._unique_key else [int(Layer.UNIQUE_BOOKING)]
        return {"kind": ID, "scenario": ID, "profile": "none", "without": without, "sqlite_mode": str(self._mode)}

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run; it claims that at most one caller holds the slot, and that all others heard why not."""
        with SqliteStore(self._template) as store:
            environment = [self._theatre.frozen_environment, store.environment]
            return Simulation(
                partial(self._world, store), scheduler=scheduler, seed=seed, environment=environment
            ).run()

    def evidence(self, result: RunResult) -> dict[str, Any]:
        """What each caller heard."""
        return {"heard": result.value}

    async def _world(self, store: SqliteStore, simulation: Simulation) -> list[str]:
        engine = create_engine_inline(store, settings=InlineSettings(transactions=Transactions(self._mode)))
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        callers = [f"caller-{number}" for number in range(CALLERS)]
        started = [simulation.node(caller).start(partial(_book, sessions, caller)) for caller in callers]
        heard = [await one for one in started]
        async with sessions() as session:
            rows = (await session.execute(select(func.count()).select_from(_Booking))).scalar_one()
        await engine.dispose()
        assert rows <= 1, f"no duplicate: {rows} bookings of one slot; the callers heard {' and '.join(heard)}"
        return heard


async def _book(sessions: async_sessionmaker[AsyncSession], caller: str) -> str:
    try:
        async with sessions() as session, session.begin():
            taken = await session.execute(select(_Booking.id).where(_Booking.slot == "09:00"))
            if taken.first() is not None:
                return "taken"
            session.add(_Booking(slot="09:00", caller=caller))
            await session.flush()
    except IntegrityError:
        return "refused by the unique key"
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlite_errorname", error))
    else:
        return "booked"
