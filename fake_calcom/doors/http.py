"""HTTP/1.1 on one connection, without a web framework: aiohttp's parser in, bytes out.

A fake that is to be as quick as a bare handler has no time for request and response objects. Everything that
is not needed here is left out: no uploads beyond the limits, no upgrades, no trailers, no compression.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpVersion11
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParser
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_exceptions import HTTPException
from aiohttp.web_protocol import RequestPayloadError

from fake_calcom.wire import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import StreamReader
    from aiohttp.http_parser import RawRequestMessage

    from fake_calcom.faults.mischief import Mischief

READ_BYTES = 2**16
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: the kernel then sends RST, not FIN
REASONS = {status.value: status.phrase for status in HTTPStatus}
WITHOUT_BODY = frozenset((204, 304))
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"  # to a client that waits for leave to send its body


class BodyTooLargeError(Exception):
    """You get it when a request's body is larger than its target may take. Answer 413 and close."""


class HttpConnection(BaseProtocol):
    """Serves one connection: one request at a time, in the order of their arrival.

    answer: from a call to what goes out. limit: how large the body of a target may be. too_large: what a larger
    one gets.
    """

    def __init__(
        self,
        answer: Callable[[Call], Awaitable[Answer]],
        limit: Callable[[str], int],
        too_large: Callable[[str], Answer],
        opened: set[HttpConnection],
    ) -> None:
        self._answer, self._limit, self._too_large, self._opened = answer, limit, too_large, opened
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self._http = HttpRequestParser(self, loop, READ_BYTES, payload_exception=RequestPayloadError)
        self._parser = self._http  # what the base class pauses while a body waits to be read
        self._queue: deque[tuple[RawRequestMessage, StreamReader]] = deque()
        self._peer = ""
        self.task: asyncio.Task[None] | None = None

    # -- what the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""
        self._opened.add(self)

    def data_received(self, data: bytes) -> None:
        """Parse, and serve what has arrived."""
        try:
            messages, _, _ = self._http.feed_data(data)
        except HttpProcessingError as error:
            self._write(Answer(400, error.message.encode(errors="replace"), {"Connection": "close"}), has_body=True)
            self.close()
            return
        self._queue.extend(messages)
        if self._queue and (self.task is None or self.task.done()):
            self.task = self._loop.create_task(self._serve(), name="fake request")

    def eof_received(self) -> None:
        """Close when the caller does; whatever is being handled is handled to its end."""
        with contextlib.suppress(HttpProcessingError, HTTPException):
            self._http.feed_eof()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection; what is committed is committed."""
        super().connection_lost(exc)
        self._opened.discard(self)

    # -- one request after the other

    async def _serve(self) -> None:
        while self._queue and self.transport is not None:
            message, payload = self._queue.popleft()
            try:
                body = b"" if payload is EMPTY_PAYLOAD else await self._body(message, payload)
            except BodyTooLargeError:
                self._write(self._too_large(message.path), has_body=True)
                self.close()
                return
            except (RequestPayloadError, HttpProcessingError, asyncio.IncompleteReadError):
                self.close()
                return
            answer = await self._answer(Call(message.method, message.path, message.headers, body, self._peer))
            if answer.mischief is not None:
                await self._misbehave(answer, answer.mischief)
            else:
                self._write(
                    answer,
                    has_body=message.method != "HEAD",
                    is_old=message.version < HttpVersion11 and not message.should_close,
                )
            if message.should_close or message.upgrade or answer.headers.get("Connection") == "close":
                self.close()

    async def _body(self, message: RawRequestMessage, payload: StreamReader) -> bytes:
        limit = self._limit(message.path)
        if payload.is_eof():  # the ordinary case: it came in one piece with its head
            body = payload.read_nowait()
            if len(body) > limit:
                raise BodyTooLargeError
            return body
        announced = message.headers.get("Content-Length", "0")
        if announced.isdigit() and int(announced) > limit:
            raise BodyTooLargeError
        if message.headers.get("Expect", "").lower() == "100-continue" and self.transport is not None:
            self.transport.write(CONTINUE)
        parts: list[bytes] = []
        size = 0
        while part := await payload.readany():
            size += len(part)
            if size > limit:
                raise BodyTooLargeError
            parts.append(part)
        return b"".join(parts)

    def _write(self, answer: Answer, *, has_body: bool, is_old: bool = False) -> None:
        if self.transport is not None:
            head = head_of(answer, keeps_alive=is_old)
            self.transport.write(head + answer.body if has_body else head)

    async def _misbehave(self, answer: Answer, mischief: Mischief) -> None:
        """Send what its mischief lets through; the length that the head promises is the whole body's."""
        if mischief.sent is not None and self.transport is not None:
            self.transport.write(head_of(answer))
            pieces = mischief.pieces(answer.body)
            for piece in pieces:
                if mischief.seconds:
                    await asyncio.sleep(mischief.seconds / len(pieces))
                if self.transport is not None:
                    self.transport.write(piece)
        if mischief.end == "closed":
            self.close()
        elif mischief.end == "reset":
            self.reset()

    # -- the ends

    def close(self) -> None:
        """Close after what has been written."""
        self._queue.clear()
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """Reset the connection."""
        self._queue.clear()
        if self.transport is None:
            return
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.transport.abort()


def head_of(answer: Answer, *, keeps_alive: bool = False) -> bytes:
    """Return status line and headers; to an HTTP/1.0 client the answer says that the connection stays."""
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, '')}"]
    lines += map(": ".join, answer.headers.items())
    if answer.status not in WITHOUT_BODY:
        lines.append(f"Content-Length: {len(answer.body)}")
    if keeps_alive:
        lines.append("Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
