"""What callers count: calls that get a usable answer in the end, and calls that never do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count

from aiohttp import web
from aiohttp.test_utils import TestServer

from scenarios.load.callers import RETELL_TRIES, Heard, call_all
from scenarios.load.settings import LoadSettings

A_MOMENT = LoadSettings(callers=1, seconds=0.5)


async def heard_from(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Heard:
    """What one caller hears of a gateway like this."""
    app, heard = web.Application(), Heard()
    app.router.add_post("/api/retell/collect-appointment", handler)
    async with TestServer(app) as server:
        await call_all(A_MOMENT, [str(server.make_url("")).rstrip("/")], heard)
    return heard


async def test_a_call_that_fails_at_every_try_is_given_up() -> None:
    async def fail(_: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    heard = await heard_from(fail)

    assert heard.given_up > 0
    assert heard.http_errors == [500] * RETELL_TRIES * heard.given_up
    assert heard.responses == []


async def test_a_call_that_is_met_with_silence_is_given_up() -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    heard = await heard_from(hang_up)

    assert heard.given_up > 0
    assert heard.unanswered == RETELL_TRIES * heard.given_up


async def test_a_call_that_is_answered_at_the_last_try_is_not_given_up() -> None:
    tries = count(1)

    async def answer_the_last(_: web.Request) -> web.StreamResponse:
        if next(tries) % RETELL_TRIES:
            return web.Response(status=503)
        return web.json_response({"success": True, "status": "booked"})

    heard = await heard_from(answer_the_last)

    assert heard.given_up == 0
    assert len(heard.responses) > 0
    assert heard.http_errors == [503] * (RETELL_TRIES - 1) * len(heard.responses)
