"""aiohttp's own client and server over the in-memory network: what passes, what breaks, and what each side believes."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import exact_timeouts, mended
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
from simulator.errors import NodeCrashedError
from simulator.limits import Limits
from simulator.schedulers import Plain, Uniform
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from simulator.simulation import RunResult

URL = "http://cal.test"
TIMEOUT_S = 20.0


@dataclass
class Shop:
    """A server that counts what it commits."""

    committed: list[str] = field(default_factory=list)
    cancelled: int = 0

    async def book(self, request: web.Request) -> web.Response:
        self.committed.append(await request.text())
        return web.json_response({"number": len(self.committed), "note": "x" * 40})

    async def echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(5):
            await response.write(b"x" * 1000)
            await asyncio.sleep(0)
        await response.write_eof()
        return response

    async def slow(self, _request: web.Request) -> web.Response:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return web.Response()

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"re: {message.data}")
        return socket

    @asynccontextmanager
    async def open_on(self, network: MemoryNetwork) -> AsyncIterator[None]:
        app = web.Application(client_max_size=2**26)
        app.add_routes(
            [
                web.post("/book", self.book),
                web.put("/book", self.book),
                web.post("/echo", self.echo),
                web.get("/stream", self.stream),
                web.get("/slow", self.slow),
                web.get("/socket", self.socket),
            ]
        )
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await runner.setup()
        assert runner.server is not None
        network.listen("cal.test", runner.server)
        try:
            yield
        finally:
            await runner.cleanup()


@asynccontextmanager
async def session(
    network: MemoryNetwork, client: str = "gateway", **options: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(URL, connector=network.connector(client, **options), timeout=timeout) as opened:
        yield opened


async def book(opened: aiohttp.ClientSession) -> object:
    """The answer's status, or the name of the error."""
    try:
        async with opened.post("/book", json={"slot": "a"}) as response:
            await response.json()
            return response.status
    except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError) as error:
        return type(error).__name__


def simulate(world: Callable[[Simulation], Awaitable[Any]], seed: int | None = None) -> RunResult:
    scheduler = Plain() if seed is None else Uniform(seed)
    limits = Limits(choice_points_min=0)
    with FrozenTime() as frozen:
        environment = (frozen.environment, mended)
        return Simulation(world, scheduler=scheduler, seed=seed or 0, limits=limits, environment=environment).run()


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
        "net gateway->cal.test: connect",
        "net gateway->cal.test: POST /book",
        "net cal.test->gateway: 200 POST /book",
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


def test_nobody_listening_refuses_the_connection() -> None:
    async def world(_simulation: Simulation) -> object:
        async with session(MemoryNetwork()) as opened:
            return await book(opened)

    assert simulate(world).value == "ClientConnectorError"


# -- what breaks: the fate, what the caller sees, how often the server commits, after how long

FATES: list[tuple[Fate, object, int, float]] = [
    (RefuseConnection(), "ClientConnectorError", 0, 0),
    (HangConnection(), "ServerTimeoutError", 0, TIMEOUT_S),
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
    assert (answer, commits) == (seen if seen != "ServerTimeoutError" else "TimeoutError", committed)
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
