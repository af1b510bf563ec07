"""The fake's own HTTP: whatever a client of any language sends is served, refused, or ends the connection cleanly."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fake_calcom import FakeCalcom
from tests.fake_calcom.control_room.conftest import ROOM
from tests.fake_calcom.worlds import TUESDAY_14, attendee

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CLOCK = "GET /__fake__/clock HTTP/1.1\r\nHost: x\r\n\r\n"
MIB = 1024 * 1024


class Talk:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, text: str | bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(text.encode() if isinstance(text, str) else text)

    async def hear(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Return the status, the headers and the body of one answer."""
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        length = int(headers.get("content-length", 0)) if has_body else 0
        return int(head[0].split()[1]), headers, await self._reader.readexactly(length)

    async def hear_the_end(self) -> bytes:
        """Return what comes until the other side closes."""
        return await asyncio.wait_for(self._reader.read(), 5)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@asynccontextmanager
async def talk_to(fake: FakeCalcom) -> AsyncIterator[Talk]:
    host, port = fake.url.removeprefix("http://").split(":")
    talk = Talk(*await asyncio.open_connection(host, int(port)))
    try:
        yield talk
    finally:
        talk.close()


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    async with FakeCalcom(world=ROOM) as fake, talk_to(fake) as opened:
        yield opened


def create(extra: str = "", **body: object) -> str:
    sent = json.dumps(
        {"eventTypeSlug": "plain", "username": "host-1", "start": TUESDAY_14, "attendee": attendee(), **body}
    )
    head = "POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\ncal-api-version: 2024-08-13\r\n"
    return f"{head}{extra}Content-Length: {len(sent)}\r\n\r\n{sent}"


async def test_requests_sent_ahead_are_answered_in_their_order(talk: Talk) -> None:
    talk.say(create() + CLOCK + create())

    statuses = [(await talk.hear())[0] for _ in range(3)]

    assert statuses == [201, 200, 400]


async def test_a_request_that_comes_byte_by_byte_is_one_request(talk: Talk) -> None:
    for byte in create().encode():
        talk.say(bytes([byte]))
        await asyncio.sleep(0)

    assert (await talk.hear())[0] == 201


async def test_a_body_in_chunks_is_put_together(talk: Talk) -> None:
    head, body = create().split("\r\n\r\n")
    half = len(body) // 2
    lines = [line for line in head.split("\r\n") if not line.startswith("Content-Length")]
    chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in (body[:half], body[half:]))

    talk.say("\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]) + chunks + "0\r\n\r\n")

    assert (await talk.hear())[0] == 201


async def test_a_client_that_asks_for_leave_is_given_it(talk: Talk) -> None:
    head, body = create("Expect: 100-continue\r\n").split("\r\n\r\n")
    talk.say(f"{head}\r\n\r\n")

    leave = await talk.hear()
    talk.say(body)

    assert leave[0] == 100
    assert (await talk.hear())[0] == 201


@pytest.mark.parametrize("framing", [f"Content-Length: {MIB + 1}", "Transfer-Encoding: chunked"])
async def test_a_body_over_a_mebibyte_is_refused_in_the_envelope_and_the_line_closed(talk: Talk, framing: str) -> None:
    talk.say(f"POST /v2/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framing}\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(17 if "chunked" in framing else 0):
        talk.say(chunk)

    status, _, body = await talk.hear()

    assert (status, json.loads(body)["error"]["code"]) == (413, "PayloadTooLargeException")
    assert await talk.hear_the_end() == b""


async def test_a_head_has_the_length_of_the_body_that_it_leaves_out(talk: Talk) -> None:
    talk.say("HEAD /v2/slots HTTP/1.1\r\nHost: x\r\ncal-api-version: 2024-09-04\r\n\r\n" + CLOCK)

    head = await talk.hear(has_body=False)

    assert head[0] == 400
    assert (await talk.hear())[0] == 200


async def test_an_old_client_is_told_that_the_connection_ends_or_stays(talk: Talk) -> None:
    talk.say("GET /__fake__/clock HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    stays = await talk.hear()
    talk.say("GET /__fake__/clock HTTP/1.0\r\n\r\n")
    ends = await talk.hear()

    assert stays[1]["connection"] == "keep-alive"
    assert "connection" not in ends[1]
    assert await talk.hear_the_end() == b""


async def test_a_client_that_wants_to_close_is_obeyed(talk: Talk) -> None:
    talk.say("GET /__fake__/clock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (await talk.hear())[0] == 200
    assert await talk.hear_the_end() == b""


@pytest.mark.parametrize("noise", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"])
async def test_what_is_no_http_is_a_400_and_the_end(talk: Talk, noise: bytes) -> None:
    talk.say(noise)

    assert (await talk.hear_the_end()).startswith(b"HTTP/1.1 400 ")


async def test_a_caller_who_hangs_up_in_a_body_leaves_the_fake_well() -> None:
    async with FakeCalcom(world=ROOM) as fake:
        async with talk_to(fake) as rude:
            rude.say(create()[:-20])
        async with talk_to(fake) as next_one:
            next_one.say(CLOCK)
            answer = await next_one.hear()

    assert answer[0] == 200
    assert len(fake.universe.bookings) == 0


async def test_closing_lets_a_held_request_go_and_ends() -> None:
    async with FakeCalcom(world=ROOM) as fake, talk_to(fake) as waiting:
        barrier = fake.barriers.add("createBooking", 2, patience_s=3600)
        waiting.say(create())
        await barrier.holds_one.wait()

    assert barrier.is_open
