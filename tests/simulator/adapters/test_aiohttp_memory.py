"""aiohttp's own client and server over the in-memory network: what passes, and what crashes and cut links do."""

from __future__ import annotations

import asyncio
import gc
import io
import weakref
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.http_faults import DelayRequest, HttpRule
from simulator.errors import NodeCrashedError
from tests.simulator.adapters.shop import Shop, book, session, simulate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from simulator.simulation import Simulation


# -- what passes


async def use_every_kind_of_exchange() -> Shop:
    shop, network = Shop(), MemoryNetwork()
    async with shop.open_on(network), session(network) as opened:
        for size in (0, 1, 70_000, 3_000_000):
            async with opened.post("/echo", data=io.BytesIO(b"a" * size)) as response:
                assert await response.read() == b"a" * size

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b"z" * 1000

        async with opened.post("/echo", data=chunks()) as response:
            assert await response.read() == b"z" * 10_000
        async with opened.get("/stream") as response:
            assert len(await response.read()) == 5_000
        async with opened.ws_connect("/socket") as socket:
            await socket.send_str("hi")
            assert await socket.receive_str() == "re: hi"
        with pytest.raises(TimeoutError):
            await opened.get("/slow", timeout=aiohttp.ClientTimeout(total=0.05))
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(*(book(opened) for _ in range(20)))
    assert answers == [200] * 20
    return shop


async def test_every_kind_of_exchange_passes_on_a_stock_loop() -> None:
    shop = await use_every_kind_of_exchange()

    assert (shop.cancelled, len(shop.committed)) == (1, 20)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_every_kind_of_exchange_passes_under_a_schedule(seed: int | None) -> None:
    result = simulate(lambda _simulation: use_every_kind_of_exchange(), seed)

    assert result.error is None, result.reason
    assert len(result.value.committed) == 20


def test_one_message_is_one_step() -> None:
    async def world(simulation: Simulation) -> list[str]:
        shop, network = Shop(), MemoryNetwork()
        async with shop.open_on(network), session(network) as opened:
            await book(opened)
            return [event.text.partition(": ")[2] for event in simulation.trace.events if event.kind == "io"]

    assert simulate(world).value == [
        "net:gateway->cal.test:connect",
        "net:gateway->cal.test:POST /book",
        "net:cal.test->gateway:200 POST /book",
    ]


def test_a_slow_reader_makes_bytes_wait_on_the_wire() -> None:
    async def world(_simulation: Simulation) -> tuple[int, bool]:
        shop, network = Shop(), MemoryNetwork()
        body = io.BytesIO(b"a" * 2_000_000)
        async with shop.open_on(network), session(network) as opened, opened.post("/echo", data=body) as response:
            await asyncio.sleep(1)
            paused = not response.connection.transport.is_reading()  # type: ignore[union-attr]
            return len(await response.read()), paused

    assert simulate(world).value == (2_000_000, True)


def test_keep_alive_connections_expire_by_virtual_time() -> None:
    async def world(simulation: Simulation) -> int:
        shop, network = Shop(), MemoryNetwork()
        async with shop.open_on(network), session(network) as opened:
            for pause_s in (1, 1, 60, 1):
                await book(opened)
                await asyncio.sleep(pause_s)
        return sum("connect" in event.text for event in simulation.trace.events if event.kind == "io")

    assert simulate(world).value == 2


def test_a_run_that_is_over_keeps_none_of_its_applications() -> None:
    applications: list[weakref.ref[web.Application]] = []

    @web.middleware
    async def passes(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request)

    async def world(_: Simulation) -> int:
        network, app = MemoryNetwork(), web.Application(middlewares=[passes])
        applications.append(weakref.ref(app))
        app.router.add_post("/book", Shop().book)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        assert runner.server is not None
        network.listen("cal.test", runner.server)
        async with session(network) as opened, opened.post("/book") as response:
            status = response.status
        await runner.cleanup()
        return status

    assert simulate(world).value == 200
    gc.collect()
    assert [application() for application in applications] == [None]


def test_nobody_listening_refuses_the_connection() -> None:
    async def world(_simulation: Simulation) -> object:
        async with session(MemoryNetwork()) as opened:
            return await book(opened)

    assert simulate(world).value == "ClientConnectorError"


# -- nodes and links


def test_a_crash_of_the_server_resets_its_callers_and_a_restart_serves_again() -> None:
    async def world(simulation: Simulation) -> tuple[list[object], int]:
        shop, network = Shop(), MemoryNetwork()

        async def serve() -> None:
            async with shop.open_on(network):
                await asyncio.Event().wait()

        node = simulation.node("cal")
        node.start(serve)
        answers: list[object] = []
        async with session(network) as opened:
            await asyncio.sleep(1)
            waiting = asyncio.ensure_future(opened.get("/slow"))
            await asyncio.sleep(1)
            node.crash()
            with pytest.raises(aiohttp.ClientConnectorError):  # reset, tried again as GET may be, and refused
                await waiting
            answers.append(await book(opened))
            node.restart()
            await asyncio.sleep(1)
            answers.append(await book(opened))
        return answers, shop.cancelled

    result = simulate(world)

    assert result.error is None, result.reason
    assert result.value == (["ClientConnectorError", 200], 0), "a dead server's handler hears nothing"


def test_a_request_on_the_wire_arrives_though_its_sender_crashed() -> None:
    async def world(simulation: Simulation) -> int:
        shop, network = Shop(), MemoryNetwork([HttpRule((DelayRequest(5),))])
        caller = simulation.node("caller")

        async def call() -> object:
            async with session(network, "caller") as opened:
                return await book(opened)

        async with shop.open_on(network):
            called = caller.start(call)
            await asyncio.sleep(1)
            caller.crash()
            with pytest.raises(NodeCrashedError):
                await called
            await asyncio.sleep(10)
        return len(shop.committed)

    result = simulate(world)

    assert result.error is None, result.reason
    assert result.value == 1


def test_a_partition_holds_messages_until_it_is_repaired() -> None:
    async def world(simulation: Simulation) -> tuple[object, float, object]:
        shop, network = Shop(), MemoryNetwork()
        async with shop.open_on(network), session(network) as opened:
            await book(opened)
            network.partition("gateway", "cal.test")
            simulation.loop.call_later(4, network.repair, "gateway", "cal.test")
            late = await book(opened)
            repaired_s = simulation.loop.time()
            network.partition("gateway", "cal.test")
            never = await book(opened)
            network.repair_all()
        return late, round(repaired_s), never

    assert simulate(world).value == (200, 4, "TimeoutError")


def test_handlers_see_the_clock_of_their_own_node() -> None:
    async def world(simulation: Simulation) -> float:
        network = MemoryNetwork()

        async def tell(_request: web.Request) -> web.Response:
            return web.json_response(simulation.clock.now().timestamp())

        async def serve() -> None:
            app = web.Application()
            app.router.add_get("/time", tell)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            assert runner.server is not None
            network.listen("cal.test", runner.server)
            try:
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()

        simulation.node("cal", skew_s=120).start(serve)
        await asyncio.sleep(1)
        async with session(network) as opened, opened.get("/time") as response:
            seen: float = await response.json()
        return round(seen - simulation.clock.now().timestamp())

    assert simulate(world).value == 120
