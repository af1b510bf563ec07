"""A fake Cal.com inside a simulation: on a node of its own, on a network that has no sockets."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
from aiohttp import web

from fake_calcom import FakeCalcom
from simulator.adapters.aiohttp_memory import MemoryNetwork

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from fake_calcom.control.world import WorldKeys
    from simulator.node import Node
    from simulator.simulation import Simulation

HOST = "calcom.test"


class NodeClock:
    """The wall clock of a node, as the fake reads it."""

    def __init__(self, simulation: Simulation, node: Node) -> None:
        self._simulation = simulation
        self._node = node

    def now(self) -> datetime:
        """The node's present instant."""
        return self._simulation.clock.now(self._node)


class SimulatedCalcom:
    """Cal.com as the simulated test meets it: `url`, a `session` for its client, and the fake itself."""

    url = f"http://{HOST}"

    def __init__(self, simulation: Simulation, fake: FakeCalcom, network: MemoryNetwork, keys: WorldKeys) -> None:
        self.fake = fake
        self.keys = keys
        self.network = network
        self.simulation = simulation

    def session(self, client: str = "client", **options: Any) -> aiohttp.ClientSession:
        """A session whose requests travel through the simulation; `options` are `ClientSession`'s."""
        return aiohttp.ClientSession(connector=self.network.connector(client), **options)


class OpenSimulatedCalcom(Protocol):
    """What the fixture `simulated_calcom` is: opens a fake in the run at hand."""

    def __call__(self, world: Mapping[str, Any]) -> AbstractAsyncContextManager[SimulatedCalcom]:
        """Open it with this world."""
        ...


@asynccontextmanager
async def simulated_calcom(simulation: Simulation, world: Mapping[str, Any]) -> AsyncIterator[SimulatedCalcom]:
    """Open a fake with this world; its clock is the simulation's, so the world's own `clock` is left out."""
    node = simulation.node("calcom")
    fake = FakeCalcom(clock=NodeClock(simulation, node), seed=simulation.seed)
    keys = fake.load_world({name: value for name, value in world.items() if name != "clock"})
    network = MemoryNetwork()
    runner = web.AppRunner(fake.make_app(), access_log=None, handle_signals=False)

    async def listen() -> None:
        await runner.setup()
        assert runner.server is not None
        network.listen(HOST, runner.server)

    await node.spawn(listen)
    try:
        yield SimulatedCalcom(simulation, fake, network, keys)
    finally:
        await node.spawn(runner.cleanup)
