"""One app, three doors: the same answers through a port, through memory, and directly."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from fake_calcom import FakeCalcom
from tests.fake_calcom.worlds import TUESDAY_14, V_BOOKINGS, attendee, personal, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BODY_BYTES_MAX = 1024 * 1024


@pytest.fixture
def fake() -> FakeCalcom:
    return FakeCalcom(world=world(personal("PLAIN", id=77)))


async def exchange(session: aiohttp.ClientSession, url: str) -> list[tuple[int, Any, str]]:
    """Create, read, be refused, and ask for nothing known; return statuses, bodies and a header."""
    body = {"start": TUESDAY_14, "eventTypeId": 77, "attendee": attendee()}
    seen = []
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/v2/bookings", body),
        ("POST", "/v2/bookings", body),
        ("GET", "/v2/bookings/nope?a=b c", None),
        ("DELETE", "/v2/nothing", None),
    ]
    for method, path, sent in calls:
        async with session.request(method, url + path, json=sent, headers=V_BOOKINGS) as answer:
            seen.append((answer.status, await answer.json(), answer.headers["X-Request-Id"]))
    return seen


async def through_port(fake: FakeCalcom) -> list[tuple[int, Any, str]]:
    async with fake, aiohttp.ClientSession() as session:
        return await exchange(session, fake.url)


async def through_memory(fake: FakeCalcom) -> list[tuple[int, Any, str]]:
    async with aiohttp.ClientSession(connector=fake.memory_connector()) as session:
        return await exchange(session, "http://cal.test")


async def through_direct(fake: FakeCalcom) -> list[tuple[int, Any, str]]:
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        return await exchange(session, "http://cal.test")


@pytest.mark.parametrize("door", [through_memory, through_direct])
async def test_every_door_gives_the_answers_of_the_port(door: Any) -> None:
    worlds = world(personal("PLAIN", id=77))

    expected = await through_port(FakeCalcom(world=worlds))

    assert await door(FakeCalcom(world=worlds)) == expected


async def test_the_application_can_be_served_by_anybody(fake: FakeCalcom) -> None:
    runner = web.AppRunner(fake.make_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]

    async with aiohttp.ClientSession() as session:
        statuses = [status for status, _, _ in await exchange(session, f"http://{host}:{port}")]
    await runner.cleanup()

    assert statuses == [201, 400, 404, 404]


async def test_a_tap_can_lose_the_reply_of_a_booking_that_was_made(fake: FakeCalcom) -> None:
    def tap(direction: str, data: bytes) -> bytes | Exception:
        return ConnectionResetError("lost") if direction == "response" else data

    async with aiohttp.ClientSession(connector=fake.memory_connector(tap)) as session:
        with pytest.raises(aiohttp.ClientError):
            await exchange(session, "http://cal.test")

    assert len(fake.universe.bookings) == 1


@pytest.fixture(params=["port", "memory", "direct"])
async def door(fake: FakeCalcom, request: pytest.FixtureRequest) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    if request.param == "port":
        async with fake, aiohttp.ClientSession() as session:
            yield session, fake.url
    elif request.param == "memory":
        async with aiohttp.ClientSession(connector=fake.memory_connector()) as session:
            yield session, "http://cal.test"
    else:
        async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
            yield session, "http://cal.test"


async def test_a_body_beyond_a_mebibyte_is_refused_at_every_door(
    fake: FakeCalcom, door: tuple[aiohttp.ClientSession, str]
) -> None:
    session, url = door

    async with session.post(
        f"{url}/v2/bookings", data=io.BytesIO(b"x" * (BODY_BYTES_MAX + 1)), headers=V_BOOKINGS
    ) as answer:
        body = await answer.json()

    assert answer.status == 413
    assert body["error"]["code"] == "PayloadTooLargeException"
    assert len(fake.universe.bookings) == 0


async def test_a_closed_fake_has_no_url(fake: FakeCalcom) -> None:
    with pytest.raises(RuntimeError, match="while it is open"):
        _ = fake.url


async def test_a_taken_port_is_an_error_and_leaves_the_fake_closed(fake: FakeCalcom) -> None:
    async with FakeCalcom() as other:
        port = int(other.url.rpartition(":")[2])

        with pytest.raises(OSError, match=str(port)):
            await fake.open(port=port)

    async with fake:
        assert fake.url.startswith("http://127.0.0.1:")
