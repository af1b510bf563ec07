"""A gateway that crashes at any await, with HTTP in flight and a transaction open, comes back to a whole database."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import async_sessionmaker

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.aiosqlite_inline import create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import SqliteStore
from simulator.nemesis import Crash, Nemesis
from simulator.schedulers import Uniform
from simulator.simulation import Simulation
from tests.simulator.adapters.orm import check_then_insert, template

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = 80
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore(template(unique=True)) as opened:
        yield opened


async def serve(store: SqliteStore, network: MemoryNetwork) -> None:
    """The gateway's main: a database of its own pool, and one route that books."""
    engine = create_engine_inline(store)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def book(_request: web.Request) -> web.Response:
        return web.json_response({"answer": await check_then_insert(sessions)})

    app = web.Application()
    app.router.add_post("/book", book)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    assert runner.server is not None
    network.listen("gateway", runner.server)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        await engine.dispose()


async def call(network: MemoryNetwork) -> str:
    """Book with retries; what the caller heard last."""
    heard = "nothing"
    timeout = aiohttp.ClientTimeout(total=3)
    async with aiohttp.ClientSession(connector=network.connector("phone"), timeout=timeout) as session:
        for _ in range(4):
            try:
                async with session.post("http://gateway/book") as response:
                    heard = (await response.json())["answer"] if response.status == 200 else str(response.status)
                    if response.status == 200:
                        return heard
            except (aiohttp.ClientError, TimeoutError) as error:
                heard = type(error).__name__
            await asyncio.sleep(2)
    return heard


def run(seed: int, store: SqliteStore, frozen: FrozenTime) -> tuple[Any, list[str], int]:
    struck: list[str] = []

    async def world(simulation: Simulation) -> str:
        network = MemoryNetwork()
        gateway = simulation.node("gateway")
        gateway.start(lambda: serve(store, network))
        await asyncio.sleep(1)
        nemesis = Nemesis(simulation, Crash(gateway), strikes_max=2, odds=0.2)
        nemesis.start()
        heard = await call(network)
        nemesis.heal()
        struck.extend(nemesis.struck)
        return heard

    environment = (frozen.environment, mended, store.environment)
    result = Simulation(world, scheduler=Uniform(seed), seed=seed, environment=environment).run()
    assert result.error is None, f"seed {seed}: {result.reason}"
    connection = store.connect()
    rows = int(connection.execute("SELECT COUNT(*) FROM booking").fetchone()[0])
    connection.close()
    return result.value, struck, rows


def test_a_crash_at_any_await_leaves_no_row_or_the_whole_row(store: SqliteStore) -> None:
    ends: Counter[tuple[bool, str, int]] = Counter()
    with FrozenTime() as frozen:
        for seed in range(SEEDS):
            heard, struck, rows = run(seed, store, frozen)
            ends[bool(struck), heard, rows] += 1
        gc.collect()  # what crashed must not be mourned

    assert ends[False, "booked", 1] > 0
    assert ends[True, "booked", 1] > 0, "crashed before the commit, retried, booked"
    assert ends[True, "taken", 1] > 0, "crashed after the commit: the retry finds its own booking"
    assert {rows for _, _, rows in ends} == {1}
