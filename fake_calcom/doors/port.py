"""The door for any language: a loopback port; and the application for whoever serves it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from fake_calcom.control.door import PREFIX
from fake_calcom.doors.broken import BrokenResponse
from fake_calcom.errors import EnvelopeError
from fake_calcom.times import iso
from fake_calcom.wire import BODY_BYTES_MAX, JSON_TYPE, Answer, Call, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fake_calcom.app import FakeCalcom

CONTROL_BYTES_MAX = 256 * 1024 * 1024  # a snapshot is as large as its state
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


class PortDoor:
    """Serves a fake on a loopback port while it is open."""

    def __init__(self, fake: FakeCalcom) -> None:
        self._fake = fake
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Return the address; RuntimeError while the door is closed."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the fake has a url while it is open: use `async with FakeCalcom(...) as fake`")
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one. OSError when the port is taken."""
        if self._runner is not None:
            raise RuntimeError("the fake is open already")
        runner = web.ServerRunner(web.Server(make_handler(self._fake), access_log=None), shutdown_timeout=GRACE_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner

    async def close(self) -> None:
        """Stop listening and end every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
