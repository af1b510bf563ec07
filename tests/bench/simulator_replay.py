"""How much faster than life a long run is: twenty hours of calls through HTTP and the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import async_sessionmaker

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.aiosqlite_inline import create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import SqliteStore
from simulator.schedulers import Uniform
from simulator.simulation import Simulation
from tests.bench.table import Part, Row
from tests.simulator.adapters.orm import check_then_insert, template

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOURS = 20
_CALLS = 10


def measure() -> Iterator[Row]:
    """Ten pairs of calls, two hours between them, as an incident of a day has."""
    with SqliteStore(template()) as store, FrozenTime() as frozen:

        async def world(simulation: Simulation) -> int:
            return await _day(simulation, store)

        environment = (frozen.environment, mended, store.environment)
        results = [
            Simulation(world, scheduler=Uniform(seed), seed=seed, environment=environment).run() for seed in range(5)
        ]
    assert all(result.error is None for result in results), results[0].reason
    best = min(results, key=lambda result: result.wall_s)
    note = f"{best.virtual_s / 3600:.1f} h in {best.wall_s * 1000:.1f} ms, {best.steps} steps; best of 5 seeds"
    yield Row(f"{_HOURS} hours of calls", best.virtual_s / best.wall_s, "times life", at_least=1e6, note=note)


async def _day(simulation: Simulation, store: SqliteStore) -> int:
    network = MemoryNetwork()
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
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(connector=network.connector("phone"), timeout=timeout) as session:
        for _ in range(_CALLS):
            answers = await asyncio.gather(*(session.post("http://gateway/book", json={}) for _ in range(2)))
            assert [answer.status for answer in answers] == [200, 200]
            await asyncio.sleep(_HOURS * 3600 / _CALLS)
    await runner.cleanup()
    await engine.dispose()
    return round(simulation.loop.time())


PART = Part("Virtual time", measure)
