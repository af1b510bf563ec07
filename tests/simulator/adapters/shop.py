"""A small server on the in-memory network and what callers do with it: shared by the tests of the adapter."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.frozen_time import FrozenTime
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
