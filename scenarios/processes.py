"""The two processes of the whole system, each served on a memory network: the gateway and Cal.com.

They are the real programs: the same applications that `slotproof gateway` and `slotproof serve` put on a port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core, make_app
from booking_core.core import Core
from booking_core.ports.world import Clock, Ids, Observer
from booking_core.settings import Settings
from fake_calcom import FakeCalcom
from simulator.adapters.aiohttp_memory import MemoryNetwork

CALCOM_HOST = "calcom.test"
CALCOM_URL = f"http://{CALCOM_HOST}"
GATEWAY_HOST = "gateway.test"
GATEWAY_URL = f"http://{GATEWAY_HOST}"


class Server:
    """An aiohttp application that listens on a memory network from `start` to `stop`."""

    def __init__(self, network: MemoryNetwork, host: str) -> None:
        self.network = network
        self.host = host
        self._runner: web.AppRunner | None = None

    async def serve(self, app: web.Application) -> None:
        """Listen. Call it on the node whose code this is: its handlers see that node's clock."""
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        assert self._runner.server is not None
        self.network.listen(self.host, self._runner.server)

    async def close(self) -> None:
        """Finish what was begun and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


class CalcomProcess:
    """Cal.com on the network."""

    def __init__(self, network: MemoryNetwork, fake: FakeCalcom) -> None:
        self.fake = fake
        self._server = Server(network, CALCOM_HOST)

    async def start(self) -> None:
        """Listen."""
        await self._server.serve(self.fake.make_app())

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.close()


@dataclass(frozen=True, slots=True)
class GatewayParts:
    """What a gateway is made of, beside the network: its database, settings, time, ids and observers."""

    engine: AsyncEngine
    settings: Settings
    clock: Clock
    ids: Ids
    observers: Sequence[Observer] = ()


class GatewayProcess:
    """One gateway on the network. `core` is there from start to stop."""

    def __init__(self, network: MemoryNetwork, parts: GatewayParts, host: str = GATEWAY_HOST) -> None:
        self.core: Core | None = None
        self._parts = parts
        self._server = Server(network, host)
        self._name = host.partition(".")[0]
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the way to Cal.com, put the core together, listen."""
        parts = self._parts
        self._http = aiohttp.ClientSession(connector=self._server.network.connector(self._name))
        self.core = build_core(
            settings=parts.settings,
            engine=parts.engine,
            http=self._http,
            clock=parts.clock,
            ids=parts.ids,
            observers=parts.observers,
        )
        await self._server.serve(make_app(self.core, parts.settings))

    async def stop(self) -> None:
        """Stop listening, then hang up on Cal.com."""
        await self._server.close()
        if self._http is not None:
            await self._http.close()
