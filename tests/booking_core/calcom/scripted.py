"""A Cal.com that answers from a script over a real socket, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from booking_core.calcom.breaker import Breaker, BreakerLimits
from booking_core.calcom.client import HttpCalcomClient, RetryLimits
from booking_core.calcom.slots_cache import CacheLimits, SlotsCache
from booking_core.calcom.transport import Account, Timeouts, Transport
from booking_core.domain.events import Event
from booking_core.domain.model import Attendee, BookingRequest

START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
Reaction = Callable[[web.Request], Awaitable[web.StreamResponse]]
PATIENT = Timeouts(connect_s=30.0, create_s=30.0, lookup_s=30.0)  # nothing ends by itself on a busy machine
IMPATIENT = Timeouts(connect_s=3.0, create_s=3.0, lookup_s=0.2)


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Heard:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class ScriptedCalcom:
    """Reactions are used up in order; the last one stays."""

    reactions: list[Reaction] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.heard.append(Heard(request.method, request.path, dict(request.query), dict(request.headers), body))
        reaction = self.reactions.pop(0) if len(self.reactions) > 1 else self.reactions[0]
        return await reaction(request)

    def server(self) -> TestServer:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.serve)
        return TestServer(app)


@dataclass
class Rig:
    """A client before a scripted Cal.com."""

    calcom: ScriptedCalcom
    client: HttpCalcomClient
    clock: HandClock
    told: list[Event]


def make_client(
    http: aiohttp.ClientSession,
    url: str,
    clock: HandClock,
    told: list[Event],
    *,
    retries: RetryLimits | None = None,
    breaker: BreakerLimits | None = None,
    timeouts: Timeouts = PATIENT,
) -> HttpCalcomClient:
    transport = Transport(
        http=http,
        account=Account(url, "cal_test_key"),
        timeouts=timeouts,
        breaker=Breaker(breaker, clock.monotonic, told.append) if breaker else None,
        clock=clock,
        tell=told.append,
    )
    retries = retries or RetryLimits(first_wait_s=0.001, longest_wait_s=0.002)
    return HttpCalcomClient(
        transport=transport, cache=SlotsCache(CacheLimits(), clock.monotonic), clock=clock, retries=retries
    )


def request() -> BookingRequest:
    return BookingRequest(77, START, Attendee("Ada", "ada@example.com"), {"call_id": "call_1", "attempt_key": "k1"})


def booking_json(**changes: Any) -> dict[str, Any]:
    return {
        "id": 11489895,
        "uid": "uid1",
        "status": "accepted",
        "start": "2025-10-10T06:00:00.000Z",
        "end": "2025-10-10T06:15:00.000Z",
        "eventTypeId": 77,
        "createdAt": "2025-10-06T09:05:21.002Z",
        "metadata": {"call_id": "call_1"},
        "attendees": [{"name": "Ada", "email": "ada@example.com", "phoneNumber": "+491701"}],
    } | changes


def answers(status: int, body: Any, headers: dict[str, str] | None = None) -> Reaction:
    async def react(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=headers)

    return react


def books(**changes: Any) -> Reaction:
    return answers(201, {"status": "success", "data": booking_json(**changes)})


def lists(*bookings: dict[str, Any], more: bool = False) -> Reaction:
    return answers(200, {"status": "success", "data": list(bookings), "pagination": {"hasNextPage": more}})


def says(text: bytes, status: int = 201) -> Reaction:
    async def react(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=text)

    return react


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def stays_silent(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"status": "success"')
    assert request.transport is not None
    request.transport.abort()
    return response
