"""How many races a second the simulator plays through SQLAlchemy's ORM, beside a stock loop and real threads."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions
from simulator.adapters.sqlite_store import SqliteStore
from simulator.schedulers import Uniform
from tests.bench.table import Part, Row, rate
from tests.simulator.adapters.orm import check_then_insert, races, template

if TYPE_CHECKING:
    from collections.abc import Iterator

_RACES_A_SECOND = 600


def measure() -> Iterator[Row]:
    """Two callers check and insert, a clean database for each seed."""
    for transactions in Transactions:
        for reply_points in (False, True):
            settings = InlineSettings(transactions, reply_points=reply_points)
            promised = _RACES_A_SECOND if transactions is Transactions.LEGACY and not reply_points else None
            points = "before and reply points" if reply_points else "before points"
            yield Row(f"two-caller ORM races, {transactions}, {points}", _rate(settings), "races/s", promised)
    threaded = asyncio.run(_threaded(200))
    yield Row(
        "the same on a stock loop with aiosqlite's threads", threaded, "races/s wall", note="always the same order"
    )


def _rate(settings: InlineSettings) -> float:
    seeds = itertools.count()
    with races(settings=settings) as played:

        def play() -> None:
            seed = next(seeds)
            assert played.run([check_then_insert] * 2, Uniform(seed), seed).error is None

        return rate(play)


async def _threaded(runs: int) -> float:
    """The same race with the real driver, on the same kind of file."""
    with tempfile.TemporaryDirectory() as folder, SqliteStore(template(), directory=Path(folder)) as store:
        engine = create_async_engine(f"sqlite+aiosqlite:///{store.path}")
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        began = time.perf_counter()
        for _ in range(runs):
            await asyncio.gather(check_then_insert(sessions), check_then_insert(sessions))
            store.restore()
        spent = time.perf_counter() - began
        await engine.dispose()
    return runs / spent


PART = Part("Races through the ORM", measure)
