"""The door through memory: a connector that joins aiohttp's client to the fake without a socket.

A connection is two protocols back to back: the client's and the server's, each with a transport whose `write`
is the other's `data_received`. Everything above is aiohttp's own code (parsing, keep-alive, time-outs), so the
bytes are the ones that would have gone over a wire; they arrive one turn of the event loop later, in order.
"""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

import aiohttp

from fake_calcom.doors.port import connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.client_proto import ResponseHandler

    from fake_calcom.app import FakeCalcom

Direction = Literal["request", "response"]
FIRST_PORT = 40_000


class MemoryTransport(asyncio.Transport):
    """One end of a connection. What is written here is fed to the other end's protocol."""

    def __init__(
        self, protocol: asyncio.BaseProtocol, info: dict[str, Any], carry: Callable[[bytes], bytes | Exception]
    ) -> None:
        super().__init__(info)
        self._protocol = protocol
        self._carry = carry
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._paused = self._closing = self._lost = False
        self.other: MemoryTransport

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send bytes to the other end; the tap may change them, or lose the connection."""
        if self._closing or not data:
            return
        carried = self._carry(bytes(data))
        if isinstance(carried, Exception):
            self._break(carried)
        elif carried:
            self._loop.call_soon(self.other.feed, carried)

    def feed(self, data: bytes) -> None:
        """Take bytes from the other end."""
        if self._lost:
            return
        if self._paused or self._waiting:
            self._waiting.append(data)
        elif isinstance(self._protocol, asyncio.Protocol):
            self._protocol.data_received(data)

    def pause_reading(self) -> None:
        """Hold back what arrives."""
        self._paused = True

    def resume_reading(self) -> None:
        """Deliver what was held back."""
        self._paused = False
        while self._waiting and not self._paused and not self._lost:
            data = self._waiting.popleft()
            if isinstance(self._protocol, asyncio.Protocol):
                self._protocol.data_received(data)

    def is_reading(self) -> bool:
        """Tell whether arriving bytes are delivered."""
        return not self._paused

    def is_closing(self) -> bool:
        """Tell whether this end has been closed."""
        return self._closing

    def close(self) -> None:
        """Close both ends, in order, after what is already on its way."""
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._lose, None)
            self._loop.call_soon(self.other.end)

    def abort(self) -> None:
        """Reset the connection: the other end loses it in the middle of whatever it reads."""
        if not self._closing:
            self.lose_soon(None)
            self.other.lose_soon(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def end(self) -> None:
        """Learn that the other end has closed."""
        if not self._lost:
            self._closing = True
            if isinstance(self._protocol, asyncio.Protocol):
                self._protocol.eof_received()
            self._lose(None)

    def can_write_eof(self) -> bool:
        """Tell that half-closing is not offered."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return 0: nothing waits on this side."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Do nothing: there is no buffer to limit."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give this end another protocol."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return this end's protocol."""
        return self._protocol

    def _break(self, error: Exception) -> None:
        for end in (self, self.other):
            end.lose_soon(error)

    def lose_soon(self, error: Exception | None) -> None:
        """Lose the connection in the loop's next turn."""
        self._closing = True
        self._loop.call_soon(self._lose, error)

    def _lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._waiting.clear()
            self._protocol.connection_lost(error)


class MemoryConnector(aiohttp.BaseConnector):
    """Connects a `ClientSession` to a fake: `ClientSession(connector=fake.memory_connector())`.

    tap(direction, data) sees every chunk and returns the bytes to carry (b"" loses them), or an exception to
    lose the connection with: a reply lost after the booking was made is `ConnectionResetError` on "response".
    """

    def __init__(self, fake: FakeCalcom, tap: Callable[[Direction, bytes], bytes | Exception] | None = None) -> None:
        super().__init__()
        self._accept = connections(fake, set())
        self._tap = tap
        self._opened = 0

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ARG002, ASYNC109 - aiohttp's signature
        self._opened += 1
        near, far = ("127.0.0.1", FIRST_PORT + self._opened), ("127.0.0.1", req.url.port or 80)
        client: ResponseHandler = self._factory()
        served = self._accept()
        outward = MemoryTransport(client, {"peername": far, "sockname": near}, self._carrier("request"))
        inward = MemoryTransport(served, {"peername": near, "sockname": far}, self._carrier("response"))
        outward.other, inward.other = inward, outward
        served.connection_made(inward)
        client.connection_made(outward)
        return client

    def _carrier(self, direction: Direction) -> Callable[[bytes], bytes | Exception]:
        tap = self._tap
        if tap is None:
            return lambda data: data
        return lambda data: tap(direction, data)
