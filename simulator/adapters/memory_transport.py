"""Two transports joined by two pipes: a connection without a socket.

A pipe keeps order as TCP does: it has one delivery under way, and the next is asked for only when that one
has happened. What was written before a delivery completes goes with it, up to the end of the message: one
message, one step.
"""

from __future__ import annotations

import asyncio
import contextvars
import errno
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.adapters.io_points import complete, note
from simulator.node import current_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.node import Node


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes on their way. `delay_s` is time on the wire before anything after them may move."""

    content: bytes
    ends_message: bool = True
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a direction: in good order, or by a reset that the receiver sees as ECONNRESET."""

    is_reset: bool = False


Parcel = Data | Closing


class Pipe:
    """One direction of a connection: parcels arrive in the order they were sent."""

    def __init__(self, loop: asyncio.AbstractEventLoop, route: str, is_open: Callable[[], bool]) -> None:
        self._loop = loop
        self._route = route
        self._is_open = is_open
        self._parcels: deque[Parcel] = deque()
        self._under_way = False
        self._receiver: MemoryTransport
        self.label = ""

    def lead_to(self, receiver: MemoryTransport) -> None:
        """Name the transport that the parcels go to."""
        self._receiver = receiver

    def send(self, parcel: Parcel) -> None:
        """Put a parcel on the wire."""
        self._parcels.append(parcel)
        self.move()

    def discard(self) -> None:
        """Forget what has not arrived yet."""
        self._parcels.clear()

    def move(self) -> None:
        """Start the next delivery unless one is under way, the receiver does not read, or the link is cut."""
        if self._under_way or not self._parcels or not self._receiver.is_reading() or not self._is_open():
            return
        self._under_way = True
        first = self._parcels[0]
        context = self._receiver.context
        if isinstance(first, Data) and first.delay_s > 0:
            self._parcels[0] = replace(first, delay_s=0.0)
            self._loop.call_later(first.delay_s, self._ask, context=context)
        else:
            self._ask()

    def _ask(self) -> None:
        what = self.label if self._parcels and isinstance(self._parcels[0], Data) else "closing"
        complete(
            self._loop,
            f"net:{self._route}:{what}",
            self._deliver,
            context=self._receiver.context,
            actor=self._route,
            survives_crash=True,  # a message on the wire is out of its sender's hands
        )

    def _deliver(self) -> None:
        self._under_way = False
        if self._parcels and self._receiver.is_reading() and self._is_open():
            first = self._parcels.popleft()
            if isinstance(first, Data):
                self._receiver.receive(self._with_rest_of_message(first))
            else:
                self._receiver.end(is_reset=first.is_reset)
        self.move()

    def _with_rest_of_message(self, first: Data) -> bytes:
        content, last = [first.content], first
        while not last.ends_message and self._parcels:
            following = self._parcels[0]
            if not isinstance(following, Data) or following.delay_s > 0:
                break
            self._parcels.popleft()
            content.append(following.content)
            last = following
        joined = b"".join(content)
        note(self._loop, "http", f"{self._route}: {joined!r}")
        return joined


class MemoryTransport(asyncio.Transport):
    """One end of a connection. Its protocol's methods run in `context`: the node's, and they die with it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        context: contextvars.Context,
        incoming: Pipe,
        outgoing: Pipe,
        write: Callable[[bytes], None],
        addresses: tuple[tuple[str, int], tuple[str, int]],
    ) -> None:
        super().__init__({"sockname": addresses[0], "peername": addresses[1]})
        self.context = context
        self.node: Node | None = context.run(current_node)
        self._loop = loop
        self._incoming = incoming
        self._outgoing = outgoing
        self._write = write
        self._protocol: Any = None
        self._is_closing = False
        self._is_lost = False
        self._is_paused = False
        incoming.lead_to(self)

    # -- what the protocol calls

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes; after a close they go nowhere, as on a socket."""
        if data and not self._is_closing:
            self._write(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send them as one write."""
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """Close in good order: what was written still arrives."""
        if not self._is_closing:
            self._outgoing.send(Closing())
            self._lose(None)

    def abort(self) -> None:
        """Close at once: what has not arrived yet is lost and the peer sees a reset."""
        if not self._is_lost:
            self._outgoing.discard()
            self._outgoing.send(Closing(is_reset=True))
            self._lose(None)

    def is_closing(self) -> bool:
        """Whether the connection is closing or closed."""
        return self._is_closing

    def pause_reading(self) -> None:
        """Let what comes wait on the wire."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Take what waited."""
        self._is_paused = False
        self._incoming.move()

    def is_reading(self) -> bool:
        """Whether bytes would be taken now."""
        return not self._is_paused or self._is_closing

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Name the protocol that gets the bytes."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The protocol that gets the bytes."""
        assert isinstance(self._protocol, asyncio.BaseProtocol)
        return self._protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer to limit: the pipe takes everything."""

    def get_write_buffer_size(self) -> int:
        """Always 0: the pipe takes everything."""
        return 0

    def can_write_eof(self) -> bool:
        """A connection closes both ways at once; HTTP needs no more."""
        return False

    def crash(self) -> None:
        """The process died: what it had written still arrives, then the peer sees a reset. Nobody here is told."""
        if not self._is_closing:
            self._outgoing.send(Closing(is_reset=True))
        self._is_closing = self._is_lost = True

    # -- what the pipe calls, in `context`

    def receive(self, data: bytes) -> None:
        """Bytes have arrived; a closed connection ignores them."""
        if not self._is_lost:
            self._protocol.data_received(data)

    def end(self, *, is_reset: bool) -> None:
        """The peer has closed or reset the connection."""
        if self._is_lost:
            return
        if not is_reset:
            self._protocol.eof_received()
        self._lose(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer") if is_reset else None)

    def _lose(self, error: Exception | None) -> None:
        self._is_closing = True
        self._loop.call_soon(self._tell_lost, error, context=self.context)

    def _tell_lost(self, error: Exception | None) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._protocol.connection_lost(error)
