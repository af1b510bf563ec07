"""aiohttp client to aiohttp server without a socket: the connector, and the network it connects through.

Everything above the transport is aiohttp's own code: serialising, the C parser, routing, keep-alive,
pooling, time-outs. On a simulation loop every message is a choice; on a stock loop messages arrive with the
next turn, so the same connector serves tests that have no simulator.

    network = MemoryNetwork()
    network.listen("cal.test", runner.server)
    async with aiohttp.ClientSession(connector=network.connector("gateway")) as session: ...
"""

from __future__ import annotations

import asyncio
import contextvars
import errno
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import ceil_timeout

from simulator.adapters.http_faults import Exchange, Fate, HangConnection, HttpFaults, RefuseConnection
from simulator.adapters.http_wire import Ends, Wire
from simulator.adapters.io_points import complete, note
from simulator.loop import SimulationLoop
from simulator.node import Node, current_node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiohttp import ClientRequest, ClientTimeout, web
    from aiohttp.tracing import Trace

    from simulator.adapters.http_faults import HttpRule


@dataclass(frozen=True, slots=True)
class _Listener:
    """A server on the network. Its code runs in `context`, as that of the node which listened."""

    name: str
    server: web.Server
    context: contextvars.Context
    node: Node | None


class MemoryNetwork:
    """Names and what listens there. One per run; it belongs to the loop on which it is used."""

    def __init__(self, rules: Sequence[HttpRule] = ()) -> None:
        self.faults = HttpFaults.of(rules)
        self._listeners: dict[str, _Listener] = {}
        self._wires: list[Wire] = []
        self._watched: set[Node] = set()
        self._cut: set[frozenset[str]] = set()
        self._repaired = asyncio.Event()
        self._ports = count(40_001)
        self.numbers = count(1)

    def listen(self, host: str, server: web.Server) -> None:
        """Serve `host` (every port) from the calling node until it crashes; a second call replaces the first."""
        node = current_node()
        self._listeners[host] = _Listener(host, server, contextvars.copy_context(), node)
        self._watch(node)

    def connector(self, client: str | None = None, **options: Any) -> MemoryConnector:
        """A connector for a client session; `client` (default: the calling node) is its name in rules and
        labels.

        `options` are those of `aiohttp.BaseConnector`. https is spoken as plain HTTP.
        """
        node = current_node()
        return MemoryConnector(self, client or (node.name if node else "client"), **options)

    def partition(self, one: str, other: str) -> None:
        """Cut the link between two names: what is sent waits, as TCP would go on sending it, until `repair`."""
        self._cut.add(frozenset({one, other}))
        note(asyncio.get_running_loop(), "net", f"partition {one} | {other}")

    def repair(self, one: str, other: str) -> None:
        """Join the two names again; a link that was not cut stays as it is."""
        self._cut.discard(frozenset({one, other}))
        note(asyncio.get_running_loop(), "net", f"repair {one} | {other}")
        self._go_on()

    def repair_all(self) -> None:
        """Join everybody again."""
        self._cut.clear()
        self._go_on()

    def is_partitioned(self, one: str, other: str) -> bool:
        """Whether the link between two names is cut."""
        return frozenset({one, other}) in self._cut

    async def connect(self, client: str, request: ClientRequest, protocol: ResponseHandler) -> None:
        """Join `protocol` to the server the request names.

        Raises ConnectionRefusedError where nobody listens; waits for ever where the link is cut.
        """
        host = request.url.host or ""
        exchange = Exchange(client, host, request.method, request.url.path)
        fate = self._judge(exchange, on_connection=True)
        if isinstance(fate, HangConnection):
            await asyncio.get_running_loop().create_future()
        await self._handshake(client, host)
        listener = self._listeners.get(host)
        if listener is None or isinstance(fate, RefuseConnection):
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"nobody listens on {host}")
        self._watch(current_node())
        context = contextvars.copy_context()
        ends = Ends(client, host, context, listener.context.copy(), next(self._ports), 80)
        self._join(listener, ends, protocol, self._judge)

    async def _handshake(self, client: str, host: str) -> None:
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        complete(loop, f"net:{client}->{host}:connect", arrived.set)
        await arrived.wait()
        while self.is_partitioned(client, host):
            self._repaired.clear()
            await self._repaired.wait()

    def _join(
        self, listener: _Listener, ends: Ends, protocol: asyncio.Protocol, judge: Callable[[Exchange], Fate | None]
    ) -> None:
        loop = asyncio.get_running_loop()

        def repeat(request: bytes, after_s: float) -> None:
            loop.call_later(after_s, self._repeat, listener, ends.client, request, context=listener.context)

        wire = Wire(
            loop,
            ends,
            judge=judge,
            repeat=repeat,
            is_open=lambda: not self.is_partitioned(ends.client, ends.server),
        )
        self._wires = [other for other in self._wires if not other.is_over]
        self._wires.append(wire)
        wire.connect(protocol, listener.server)

    def _repeat(self, listener: _Listener, client: str, request: bytes) -> None:
        """The same bytes once more, on a connection of their own whose answer nobody reads."""
        context = contextvars.copy_context()
        ends = Ends(f"{client} (again)", listener.name, context, listener.context.copy(), next(self._ports), 80)
        deaf = _Deaf()
        self._join(listener, ends, deaf, lambda _: None)  # no fault hits it, least of all the one that made it
        deaf.send(request)

    def _judge(self, exchange: Exchange, *, on_connection: bool = False) -> Fate | None:
        loop = asyncio.get_running_loop()
        choices = loop.choices if isinstance(loop, SimulationLoop) else None
        fate = self.faults.judge(exchange, choices, on_connection=on_connection)
        if fate is not None:
            note(loop, "fault", f"{exchange}: {fate!r}")
        return fate

    def _go_on(self) -> None:
        self._repaired.set()
        for wire in self._wires:
            wire.move()

    def _watch(self, node: Node | None) -> None:
        if node is not None and node not in self._watched:
            self._watched.add(node)
            node.on_crash(lambda: self._node_crashed(node))

    def _node_crashed(self, node: Node) -> None:
        """What the operating system does: listening ends, and every peer sees a reset."""
        self._watched.discard(node)
        self._listeners = {host: each for host, each in self._listeners.items() if each.node is not node}
        for wire in self._wires:
            for end in (wire.client_end, wire.server_end):
                if end.node is node:
                    end.crash()


class _Deaf(asyncio.Protocol):
    """The far end of a repeated request: it hangs up at the first answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes) -> None:
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002  asyncio's signature
        self._transport.close()


class _NumberedHandler(ResponseHandler):
    """aiohttp's client protocol; the connector keeps these in sets, whose order must not be that of addresses."""

    def __init__(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        super().__init__(loop)
        self._number = number

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class MemoryConnector(aiohttp.BaseConnector):
    """Connects a client session through a MemoryNetwork; made by `MemoryNetwork.connector`."""

    def __init__(self, network: MemoryNetwork, client: str, **options: Any) -> None:
        super().__init__(**options)
        self._network = network
        self._client = client

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],  # noqa: ARG002  aiohttp's signature
        timeout: ClientTimeout,  # noqa: ASYNC109  aiohttp's signature
    ) -> ResponseHandler:
        protocol = _NumberedHandler(self._loop, next(self._network.numbers))
        try:
            async with ceil_timeout(timeout.sock_connect, timeout.ceil_threshold):
                await self._network.connect(self._client, req, protocol)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {req.url}") from error
        except OSError as error:
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
        return protocol
