"""The door for any language: a loopback port; and the application for whoever serves it themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from fake_calcom.control.door import PREFIX
from fake_calcom.doors.broken import BrokenResponse
from fake_calcom.doors.http import HttpConnection
from fake_calcom.errors import EnvelopeError
from fake_calcom.times import iso
from fake_calcom.wire import BODY_BYTES_MAX, JSON_TYPE, Answer, Call, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fake_calcom.app import FakeCalcom

CONTROL_BYTES_MAX = 256 * 1024 * 1024  # a snapshot is as large as its state
BACKLOG = 1024  # as many connections may wait to be accepted as a burst of clients opens
GRACE_S = 0.1  # a request that a fault delays does not hold up the end of a test
LOOPBACK = "127.0.0.1"
TOO_LARGE = EnvelopeError(413, "PayloadTooLargeException", "request entity too large")


def make_handler(fake: FakeCalcom) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """Return the handler that every HTTP door shares: aiohttp's request to a call, and the answer back."""

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path.startswith(PREFIX):
            request = request.clone(client_max_size=CONTROL_BYTES_MAX)
        try:
            body = await request.read() if request.can_read_body else b""
        except web.HTTPRequestEntityTooLarge:
            return as_response(too_large(fake, request.raw_path))
        call = Call(request.method, request.raw_path, request.headers, body, request.remote or LOOPBACK)
        return as_response(await fake.answer(call))

    return serve


def too_large(fake: FakeCalcom, target: str) -> Answer:
    """Return what Cal.com's body parser answers beyond its limit."""
    body = TOO_LARGE.body(target, iso(fake.universe.now_ms()))
    return Answer(413, encode(body), {"Content-Type": JSON_TYPE, "Connection": "close"})


def as_response(answer: Answer) -> web.StreamResponse:
    """Return an answer as aiohttp sends it."""
    if answer.mischief is not None:
        return BrokenResponse(answer, answer.mischief)
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def make_app(fake: FakeCalcom) -> web.Application:
    """Return an application whose every request goes to the fake."""
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app.router.add_route("*", "/{tail:.*}", make_handler(fake))
    return app


def connections(fake: FakeCalcom, opened: set[HttpConnection]) -> Callable[[], HttpConnection]:
    """Return what serves each new connection to a fake; those that are open are in `opened`."""

    def limit(target: str) -> int:
        return CONTROL_BYTES_MAX if target.startswith(PREFIX) else BODY_BYTES_MAX

    return lambda: HttpConnection(fake.answer, limit, lambda target: too_large(fake, target), opened)


class PortDoor:
    """Serves a fake on a loopback port while it is open."""

    def __init__(self, fake: FakeCalcom) -> None:
        self._fake = fake
        self._server: asyncio.Server | None = None
        self._opened: set[HttpConnection] = set()

    @property
    def url(self) -> str:
        """Return the address; RuntimeError while the door is closed."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the fake has a url while it is open: use `async with FakeCalcom(...) as fake`")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one. OSError when the port is taken."""
        if self._server is not None:
            raise RuntimeError("the fake is open already")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            connections(self._fake, self._opened), host, port, reuse_address=True, backlog=BACKLOG
        )

    async def close(self) -> None:
        """Stop listening and end every connection; requests under way get a moment to end by themselves."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        tasks = [c.task for c in self._opened if c.task is not None and not c.task.done()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_S)
        for connection in tuple(self._opened):
            connection.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports' last turn
        await server.wait_closed()
