"""One HTTP connection in memory: both ends, both pipes, and the faults that hit what passes."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from simulator.adapters.http_effects import response_parcels, written
from simulator.adapters.http_faults import (
    Answer,
    DelayRequest,
    DropRequest,
    DuplicateRequest,
    Exchange,
    Fate,
    LoseResponse,
    ResetRequest,
    ResponseFate,
)
from simulator.adapters.http_messages import Fragment, MessageReader
from simulator.adapters.memory_transport import Closing, Data, MemoryTransport, Pipe

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable

    Judge = Callable[[Exchange], Fate | None]
    Repeat = Callable[[bytes, float], None]


@dataclass(frozen=True, slots=True)
class Ends:
    """Who speaks to whom: names, the contexts their code runs in, and the client's port."""

    client: str
    server: str
    client_context: contextvars.Context
    server_context: contextvars.Context
    client_port: int
    server_port: int


@dataclass(slots=True)
class _Pending:
    """A request whose answer is still to come, with what has been seen of it."""

    exchange: Exchange
    fate: Fate | None
    request: bytearray = field(default_factory=bytearray)
    answer: bytearray = field(default_factory=bytearray)


class Wire:
    """A connection. `judge` gives each request its fate; `repeat` sends bytes again on a connection of their own."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        ends: Ends,
        *,
        judge: Judge,
        repeat: Repeat,
        is_open: Callable[[], bool],
    ) -> None:
        self.ends = ends
        self._judge = judge
        self._repeat = repeat
        self._requests = MessageReader()
        self._answers = MessageReader()
        self._sending: _Pending | None = None
        self._unanswered: deque[_Pending] = deque()
        self._is_silent = False  # the answer was lost, and so is all that follows it
        self._is_upgraded = False  # both sides agreed to speak something else, a WebSocket
        self._up = Pipe(loop, f"{ends.client}->{ends.server}", is_open)
        self._down = Pipe(loop, f"{ends.server}->{ends.client}", is_open)
        client, server = ("10.0.0.1", ends.client_port), (ends.server, ends.server_port)
        self.client_end = MemoryTransport(
            loop,
            context=ends.client_context,
            incoming=self._down,
            outgoing=self._up,
            write=self._from_client,
            addresses=(client, server),
        )
        self.server_end = MemoryTransport(
            loop,
            context=ends.server_context,
            incoming=self._up,
            outgoing=self._down,
            write=self._from_server,
            addresses=(server, client),
        )

    def connect(self, client_protocol: Any, make_server_protocol: Callable[[], Any]) -> None:
        """Join the two protocols; the server's is made in the server's context, for its handlers to live there."""
        self.client_end.set_protocol(client_protocol)
        self.ends.server_context.run(self._accept, make_server_protocol)
        client_protocol.connection_made(self.client_end)

    def move(self) -> None:
        """Go on after a partition was repaired."""
        self._up.move()
        self._down.move()

    @property
    def is_over(self) -> bool:
        """Whether both ends have closed."""
        return self.client_end.is_closing() and self.server_end.is_closing()

    def _accept(self, make_protocol: Callable[[], Any]) -> None:
        protocol = make_protocol()
        self.server_end.set_protocol(protocol)
        protocol.connection_made(self.server_end)

    # -- the way to the server

    def _from_client(self, data: bytes) -> None:
        if self._is_upgraded:
            self._up.send(Data(data))
            return
        for fragment in self._requests.feed(data):
            if fragment.is_first:
                self._begin_exchange(fragment)
            assert self._sending is not None
            self._send_request(self._sending, fragment)

    def _begin_exchange(self, fragment: Fragment) -> None:
        exchange = Exchange(self.ends.client, self.ends.server, fragment.head.method, fragment.head.path)
        self._up.label = f"{exchange.method} {exchange.path}"
        self._sending = _Pending(exchange, self._judge(exchange))
        self._unanswered.append(self._sending)

    def _send_request(self, pending: _Pending, fragment: Fragment) -> None:
        delay_s = 0.0
        match pending.fate:
            case DropRequest():
                return
            case ResetRequest():
                if fragment.is_first:
                    self._reset()
                return
            case Answer(after_commit=False) as answer:
                if fragment.is_last:
                    self._unanswered.pop()
                    self._down.label = f"{answer.status} instead of an answer"
                    self._down.send(Data(written(answer)))
                return
            case DelayRequest(seconds) if fragment.is_first:
                delay_s = seconds
            case DuplicateRequest(after_s):
                pending.request += fragment.data
                if fragment.is_last:
                    self._repeat(bytes(pending.request), after_s)
        self._up.send(Data(fragment.data, ends_message=fragment.is_last, delay_s=delay_s))

    def _reset(self) -> None:
        for pipe in (self._up, self._down):
            pipe.send(Closing(is_reset=True))

    # -- the way back

    def _from_server(self, data: bytes) -> None:
        if self._is_silent:
            return
        if not self._unanswered:  # it speaks unasked: a complaint about bytes that are no request
            self._down.send(Data(data))
            return
        for fragment in self._answers.feed(data, answers=self._unanswered[0].exchange.method):
            self._send_answer(self._unanswered[0], fragment)
            if fragment.is_last and fragment.head.status >= 200:
                self._unanswered.popleft()

    def _send_answer(self, pending: _Pending, fragment: Fragment) -> None:
        if fragment.is_first:
            self._is_upgraded = fragment.head.status == HTTPStatus.SWITCHING_PROTOCOLS
            self._down.label = f"{fragment.head.status} {pending.exchange.method} {pending.exchange.path}"
        if not isinstance(pending.fate, ResponseFate | Answer) or fragment.head.status < 200:
            self._down.send(Data(fragment.data, ends_message=fragment.is_last))
            return
        pending.answer += fragment.data
        if not fragment.is_last:
            return
        self._is_silent = isinstance(pending.fate, LoseResponse)
        for parcel in response_parcels(pending.fate, bytes(pending.answer)):
            self._down.send(parcel)
