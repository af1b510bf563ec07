"""A world with a bit of everything that could differ from run to run; `python -m simulator.determinism`
runs it by name.

Six callers book twice each at a gateway that keeps rows in SQLite and asks an upstream over HTTP. Faults,
retries with jitter, uuid4, secrets, CURRENT_TIMESTAMP, SQLite's random(), wait, as_completed and a
TaskGroup that is cancelled.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import threading
import time
import uuid
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from sqlalchemy import text

from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.aiosqlite_inline import create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.http_faults import (
    Answer,
    DropRequest,
    DuplicateRequest,
    HttpRule,
    LoseResponse,
    ResetResponse,
    SlowBody,
)
from simulator.adapters.sqlite_store import SqliteStore, template_from_script
from simulator.explore import random_scheduler
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncEngine

    from simulator.simulation import RunResult

    Leak = Callable[[], object]

FAULTS = (
    LoseResponse(),
    DropRequest(),
    Answer(503),
    DuplicateRequest(after_s=0.2),
    ResetResponse(),
    SlowBody(pause_s=0.2),
)
SCRIPT = """
CREATE TABLE booking (id INTEGER PRIMARY KEY AUTOINCREMENT, slot INT, reference TEXT,
                      at TEXT DEFAULT CURRENT_TIMESTAMP, r INT DEFAULT (random()));
"""


def run_seed(seed: int, leak: Leak | None = None) -> RunResult:
    """One run of the world; `leak` is called once by each handler and what it returns is traced."""
    with SqliteStore(template_from_script(SCRIPT)) as store, FrozenTime() as frozen:

        async def world(simulation: Simulation) -> Any:
            return await BusyWorld(simulation, store, leak).run()

        environment = (frozen.environment, mended, store.environment)
        scheduler = random_scheduler(seed, horizon=200)
        return Simulation(world, scheduler=scheduler, seed=seed, environment=environment).run()


class BusyWorld:
    """The parts of one run."""

    def __init__(self, simulation: Simulation, store: SqliteStore, leak: Leak | None) -> None:
        self._simulation = simulation
        self._store = store
        self._leak = leak
        self._network = MemoryNetwork([HttpRule(FAULTS, client="gateway", odds=0.3)])
        self._charges = 0

    async def run(self) -> list[Any]:
        """Serve, call, wait in every way asyncio knows, and tell what the callers heard."""
        simulation = self._simulation
        simulation.node("upstream", skew_s=-2.5).start(self._serve_upstream)
        simulation.node("gateway", skew_s=120).start(self._serve_gateway)
        await asyncio.sleep(1)
        callers = [simulation.node(f"caller-{number}") for number in range(6)]
        heard: list[Any] = []
        pending = {asyncio.ensure_future(node.start(self._call)) for node in callers}
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            heard += [task.result() for task in done]
        for number in asyncio.as_completed([self._echo(number) for number in range(4)]):
            heard.append(await number)
        await self._cancel_a_group()
        return heard

    async def _serve_upstream(self) -> None:
        async def charge(request: web.Request) -> web.Response:
            self._charges += 1
            return web.json_response({"reference": f"{self._charges}-{(await request.json())['key'][:8]}"})

        await self._serve("upstream", charge)

    async def _serve_gateway(self) -> None:
        engine = create_engine_inline(self._store)
        async with aiohttp.ClientSession(
            connector=self._network.connector(limit=3), timeout=aiohttp.ClientTimeout(total=4)
        ) as session:

            async def book(request: web.Request) -> web.Response:
                if self._leak is not None:
                    self._simulation.trace.add("leak", repr(self._leak()))
                reference = await self._charge(session)
                number = await self._record(engine, (await request.json())["slot"], reference)
                return web.json_response({"booking": number, "reference": reference})

            try:
                await self._serve("gateway", book)
            finally:
                await engine.dispose()

    async def _serve(self, host: str, handler: Callable[[web.Request], Any]) -> None:
        app = web.Application()
        app.router.add_post("/", handler)
        async with AsyncExitStack() as stack:
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            assert runner.server is not None
            self._network.listen(host, runner.server)
            await asyncio.Event().wait()

    async def _charge(self, session: aiohttp.ClientSession) -> str:
        body = {"key": str(uuid.uuid4()), "token": secrets.token_hex(4)}
        for attempt in range(3):
            try:
                async with session.post("http://upstream/", json=body) as response:
                    if response.status == 200:
                        return str((await response.json())["reference"])
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(2**attempt * (1 + random.random()))
        return "none"

    async def _record(self, engine: AsyncEngine, slot: int, reference: str) -> int:
        async with engine.begin() as connection:
            taken = (
                await connection.execute(text("SELECT COUNT(*) FROM booking WHERE slot = :s"), {"s": slot})
            ).scalar_one()
            await connection.execute(
                text("INSERT INTO booking (slot, reference) VALUES (:s, :r)"), {"s": slot, "r": reference}
            )
            rows = (await connection.execute(text("SELECT at, r FROM booking WHERE slot = :s"), {"s": slot})).all()
        self._simulation.trace.add("rows", repr([tuple(row) for row in rows]))
        return int(taken)

    async def _call(self) -> list[Any]:
        heard: list[Any] = []
        timeout = aiohttp.ClientTimeout(total=60)
        async with aiohttp.ClientSession(connector=self._network.connector(), timeout=timeout) as session:
            for slot in (1, 2):
                async with session.post("http://gateway/", json={"slot": slot}) as response:
                    heard.append((response.status, await response.text()))
                await asyncio.sleep(20)  # longer than a connection is kept alive
        return heard

    async def _echo(self, number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def _cancel_a_group(self) -> None:
        async def hang(number: int) -> None:
            try:
                await asyncio.sleep(100)
            finally:
                self._simulation.trace.add("cancelled", str(number))

        try:
            async with asyncio.timeout(1), asyncio.TaskGroup() as group:
                for number in range(6):
                    group.create_task(hang(number))
        except TimeoutError:
            pass


# -- planted leaks: each function is a target for the self-check


class Held:
    """References taken before any run: what no fence can see."""

    time_ns = time.time_ns
    urandom = os.urandom


class Thing:
    """An object that hashes to its address."""

    def __init__(self, number: int) -> None:
        self.number = number


def leak_time(seed: int) -> RunResult:
    """The real clock through a reference that was taken before the run."""
    return run_seed(seed, Held.time_ns)


def leak_entropy(seed: int) -> RunResult:
    """The machine's entropy through a reference that was taken before the run."""
    return run_seed(seed, lambda: Held.urandom(4))


def leak_id_order(seed: int) -> RunResult:
    """The order of objects by address."""
    return run_seed(seed, lambda: [thing.number for thing in {Thing(number) for number in range(20)}])


def leak_set_order(seed: int) -> RunResult:
    """The order of a set of strings."""
    return run_seed(seed, lambda: list({"vip", "new", "eu", "card", "mobile"}))


def leak_thread(seed: int) -> RunResult:
    """A thread."""
    return run_seed(seed, lambda: threading.Thread(target=print).start())


def leak_socket(seed: int) -> RunResult:
    """A real socket."""
    return run_seed(seed, socket.socket)
