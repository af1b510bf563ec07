"""What breaks on the way: what the caller sees, and what the server has committed all the same."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import exact_timeouts
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.http_faults import (
    Answer,
    DelayRequest,
    DelayResponse,
    DropRequest,
    DuplicateRequest,
    Fate,
    GarbleResponse,
    HangConnection,
    HttpRule,
    LoseResponse,
    RefuseConnection,
    ResetRequest,
    ResetResponse,
    SlowBody,
    TruncateResponse,
)
from simulator.limits import Limits
from simulator.schedulers import Plain
from simulator.simulation import Simulation
from tests.simulator.adapters.shop import TIMEOUT_S, Shop, book, session, simulate

# The fate, what the caller sees, how often the server commits, after how many seconds.
FATES: list[tuple[Fate, object, int, float]] = [
    (RefuseConnection(), "ClientConnectorError", 0, 0),
    (HangConnection(), "TimeoutError", 0, TIMEOUT_S),
    (DropRequest(), "TimeoutError", 0, TIMEOUT_S),
    (ResetRequest(), "ClientOSError", 0, 0),
    (DelayRequest(16), 200, 1, 16),
    (DuplicateRequest(after_s=1), 200, 2, 0),
    (Answer(503, retry_after_s=7), 503, 0, 0),
    (Answer(429, retry_after_s=1), 429, 0, 0),
    (Answer(500, after_commit=True), 500, 1, 0),
    (LoseResponse(), "TimeoutError", 1, TIMEOUT_S),
    (ResetResponse(), "ClientOSError", 1, 0),
    (ResetResponse(share=0.5), "ClientOSError", 1, 0),
    (TruncateResponse(), "ClientPayloadError", 1, 0),
    (GarbleResponse(), "JSONDecodeError", 1, 0),
    (DelayResponse(5), 200, 1, 5),
    (DelayResponse(60), "TimeoutError", 1, TIMEOUT_S),
    (SlowBody(piece_bytes=8, pause_s=1), 200, 1, 8),
]


@pytest.mark.parametrize(("fate", "seen", "committed", "took_s"), FATES, ids=lambda value: repr(value)[:40])
def test_a_fate_tells_the_caller_one_thing_and_does_another(
    fate: Fate, seen: object, committed: int, took_s: float
) -> None:
    async def world(simulation: Simulation) -> tuple[object, int, float]:
        shop, network = Shop(), MemoryNetwork([HttpRule((fate,))])
        async with shop.open_on(network), session(network) as opened:
            answer, now_s = await book(opened), simulation.loop.time()
            await asyncio.sleep(3)
        return answer, len(shop.committed), now_s

    result = simulate(world)

    assert result.error is None, result.reason
    answer, commits, after_s = result.value
    assert (answer, commits) == (seen, committed)
    assert took_s <= after_s <= took_s + 1.1, "aiohttp rounds time-outs up to a whole second"


def test_retry_after_reaches_the_caller() -> None:
    async def world(_simulation: Simulation) -> str | None:
        shop, network = Shop(), MemoryNetwork([HttpRule((Answer(429, retry_after_s=7),))])
        async with shop.open_on(network), session(network) as opened, opened.post("/book") as response:
            return response.headers.get("Retry-After")

    assert simulate(world).value == "7"


async def test_faults_hit_on_a_stock_loop_as_well() -> None:
    shop, network = Shop(), MemoryNetwork([HttpRule((ResetResponse(),), times=1)])
    async with shop.open_on(network), session(network) as opened:
        answers = [await book(opened), await book(opened)]

    assert answers == ["ClientOSError", 200]
    assert len(shop.committed) == 2


def test_aiohttp_repeats_an_idempotent_request_by_itself() -> None:
    """Known and worth knowing: a PUT on a reused connection that dies is sent again without the application's doing."""

    async def world(_simulation: Simulation) -> int:
        shop, network = Shop(), MemoryNetwork([HttpRule((ResetResponse(),), method="PUT", times=1)])
        async with shop.open_on(network), session(network) as opened:
            await book(opened)
            async with opened.put("/book", data=b"put") as response:
                assert response.status == 200
        return shop.committed.count("put")

    assert simulate(world).value == 2


def test_time_outs_are_exact_on_request() -> None:
    async def world(simulation: Simulation) -> float:
        shop, network = Shop(), MemoryNetwork([HttpRule((DropRequest(),))])
        await asyncio.sleep(0.3)
        async with shop.open_on(network), session(network) as opened:
            with pytest.raises(TimeoutError):
                await opened.get("/slow", timeout=aiohttp.ClientTimeout(total=7.5))
        return simulation.loop.time()

    limits = Limits(choice_points_min=0)
    with FrozenTime() as frozen:
        rounded, exact = (
            Simulation(world, scheduler=Plain(), limits=limits, environment=(frozen.environment, *more)).run().value
            for more in ((), (exact_timeouts,))
        )

    assert (rounded, exact) == (8.0, 7.8)


def test_a_retry_can_overtake_its_first_try() -> None:
    async def world(_simulation: Simulation) -> list[str]:
        shop, network = Shop(), MemoryNetwork([HttpRule((DelayRequest(5),), nth=1)])
        async with shop.open_on(network), session(network) as opened:
            with pytest.raises(TimeoutError):
                await opened.post("/book", data=b"first", timeout=aiohttp.ClientTimeout(total=2))
            async with opened.post("/book", data=b"retry") as response:
                assert response.status == 200
            await asyncio.sleep(10)
        return shop.committed

    assert simulate(world).value == ["retry", "first"]
