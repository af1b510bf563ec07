"""The processes of a storm, each a coroutine that is a node's whole life: a gateway, and Cal.com.

Everything a process owns hangs on its coroutine, so that a crash freezes all of it and a restart begins with nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from sqlalchemy.exc import DBAPIError

from booking_core.bootstrap import build_core, make_app
from booking_core.core import Core
from booking_core.jobs import Job, Jobs
from booking_core.ports.world import Observer
from booking_core.settings import Settings
from fake_calcom import FakeCalcom
from fake_calcom.ports import WebhookRequest
from scenarios.processes import CALCOM_HOST, Server
from scenarios.storm.fleet import Fleet
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.node import Node, current_node

WEBHOOK_TIMEOUT_S = 10.0  # Cal.com's patience with a receiver


@dataclass(slots=True)
class Mishaps:
    """A gateway's reporter: what broke inside it. That a database was busy for too long is no mistake of the code."""

    told: list[str] = field(default_factory=list)
    _is_over: bool = False

    def close(self) -> None:
        """The run is over: what frozen processes say when they are cleared away is nobody's business."""
        self._is_over = True

    def failed(self, error: BaseException, where: str) -> None:
        """An error that nobody expected."""
        if not (self._is_over or isinstance(error, DBAPIError | TimeoutError)):
            self.told.append(f"{where}: {type(error).__name__}: {error}")

    def refused(self, path: str, http_status: int, where: str, problem: str) -> None:
        """A client's mistake; the storm's clients make none."""
        self.told.append(f"{path} refused with {http_status} at {where}: {problem}")


@dataclass(slots=True)
class Gateway:
    """One gateway: `live` is the main of its node, `core` that of its present life."""

    node: Node
    network: MemoryNetwork
    settings: Settings
    fleet: Fleet
    mishaps: Mishaps
    observers: Sequence[Observer] = ()
    repairs_every_s: float | None = None  # reconciliation as a job, during the storm
    core: Core | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def host(self) -> str:
        """Where it is reached."""
        return f"{self.node.name}.test"

    async def live(self) -> None:
        """From start to stop, or to a crash."""
        engine = self.fleet.take()
        self.node.on_crash(lambda: self.fleet.lose(engine))
        async with aiohttp.ClientSession(connector=self.network.connector(self.node.name)) as http:
            self.core = core = build_core(settings=self.settings, engine=engine, http=http, observers=self.observers)
            server = Server(self.network, self.host)
            await server.serve(make_app(core, self.settings, reporter=self.mishaps))
            async with self._repairing(core):
                await self._stopping.wait()
            await server.close()
        self._over.set()

    async def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stopping.set()
        await self._over.wait()

    def stop_repairs(self) -> None:
        """From now on somebody else says when reconciliation runs."""
        self.repairs_every_s = None

    @asynccontextmanager
    async def _repairing(self, core: Core) -> AsyncIterator[None]:
        if self.repairs_every_s is None:
            yield
            return
        jobs = Jobs([Job("reconciliation", self.repairs_every_s, core.reconcile)], self.mishaps.failed)
        running = asyncio.create_task(jobs.run(), name="jobs")
        yield
        jobs.stop()
        await running


@dataclass(slots=True)
class Calcom:
    """Cal.com as a process: it answers on the network, and its webhooks leave by the network."""

    node: Node
    network: MemoryNetwork
    fake: FakeCalcom
    sender: NetworkSender
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> None:
        """From start to stop."""
        async with aiohttp.ClientSession(connector=self.network.connector("calcom")) as http:
            self.sender.http = http
            server = Server(self.network, CALCOM_HOST)
            await server.serve(self.fake.make_app())
            await self._stopping.wait()
            await self.fake.settle()
            await server.close()
        self._over.set()

    async def stop(self) -> None:
        """Let the last webhooks go, and end."""
        self._stopping.set()
        await self._over.wait()


@dataclass(slots=True)
class NetworkSender:
    """Carries the fake's webhooks over the simulated network."""

    http: aiohttp.ClientSession | None = None

    async def send(self, request: WebhookRequest) -> int:
        """POST once; ConnectionError when nobody answered in time."""
        assert self.http is not None, "webhooks are fired by requests, which come when Cal.com is up"
        timeout = aiohttp.ClientTimeout(total=WEBHOOK_TIMEOUT_S)
        try:
            async with self.http.post(
                request.url, data=request.body, headers=dict(request.headers), timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class SchedulerWindow:
    """The stretch between Cal.com's availability check and its INSERT: the scheduler says who goes on first."""

    io_point: Callable[[str], asyncio.Future[None]]

    async def between_check_and_insert(self, operation: str) -> None:
        """Wait for one's turn."""
        assert current_node() is not None, "Cal.com's code runs on its node"
        await self.io_point(f"calcom {operation}: between check and INSERT")
