"""The door for any language: an aiohttp application, and a loopback port to serve it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from fake_calcom.wire import BODY_BYTES_MAX, Answer, Call, encode

if TYPE_CHECKING:
    from fake_calcom.app import FakeCalcom

LOOPBACK = "127.0.0.1"
TOO_LARGE = {
    "status": "error",
    "error": {"code": "PayloadTooLargeException", "message": "request entity too large"},
}


def make_app(fake: FakeCalcom) -> web.Application:
    """Return an application whose every request goes to the fake."""

    async def serve(request: web.Request) -> web.Response:
        try:
            body = await request.read() if request.can_read_body else b""
        except web.HTTPRequestEntityTooLarge:
            return as_response(Answer(413, encode(TOO_LARGE), {"Content-Type": "application/json"}))
        call = Call(request.method, request.raw_path, request.headers, body, request.remote or LOOPBACK)
        return as_response(await fake.answer(call))

    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app.router.add_route("*", "/{tail:.*}", serve)
    return app


def as_response(answer: Answer) -> web.Response:
    """Return an answer as aiohttp sends it."""
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


class PortDoor:
    """Serves a fake on a loopback port while it is open."""

    def __init__(self, fake: FakeCalcom) -> None:
        self._fake = fake
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address; RuntimeError while the door is closed."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the fake has a url while it is open: use `async with FakeCalcom(...) as fake`")
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def open(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one."""
        assert self._runner is None, "a door opens once"
        self._runner = web.AppRunner(make_app(self._fake), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
