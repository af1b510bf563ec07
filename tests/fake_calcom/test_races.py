"""The unlocked stretch between the availability check and the INSERT: what can overtake what."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import aiohttp
import pytest

from fake_calcom import FakeCalcom
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import attendee, personal, team, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Gate:
    """A race window that lets nobody through before `wanted` requests have arrived."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._arrived = 0
        self._open = asyncio.Event()

    async def between_check_and_insert(self, operation: str) -> None:
        assert operation == "createBooking"
        self._arrived += 1
        if self._arrived >= self._wanted:
            self._open.set()
        await self._open.wait()


@pytest.fixture
async def racing() -> AsyncIterator[Client]:
    """Two requests meet in the window."""
    fake = FakeCalcom(barrier=Gate(2))
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        yield Client(fake, session).load(world(personal("PLAIN"), team("TURNS", "ROUND_ROBIN", ("HOST",))))


async def test_identical_starts_in_the_window_leave_one_winner_and_a_raw_409(racing: Client) -> None:
    replies = await asyncio.gather(racing.book("PLAIN"), racing.book("PLAIN", who=attendee("Bob", "bob@example.com")))

    assert sorted(r.status for r in replies) == [201, 409]
    loser = next(r for r in replies if r.status == 409)
    assert loser.body == {"statusCode": 409, "message": "booking_conflict_error"}


async def test_overlapping_unequal_starts_in_the_window_are_both_booked(racing: Client) -> None:
    replies = await asyncio.gather(
        racing.book("PLAIN", "2025-10-07T12:00:00Z"), racing.book("PLAIN", "2025-10-07T12:30:00Z")
    )

    assert [r.status for r in replies] == [201, 201]


async def test_the_unique_key_spans_event_types_of_one_host(racing: Client) -> None:
    replies = await asyncio.gather(racing.book("PLAIN"), racing.book("TURNS"))

    assert sorted(r.status for r in replies) == [201, 409]


@pytest.mark.parametrize("kind", ["PLAIN", "TURNS"])
async def test_fifty_identical_creates_through_the_port_make_one_booking(kind: str) -> None:
    async with FakeCalcom() as fake, aiohttp.ClientSession() as session:
        client = Client(fake, session).load(world(personal("PLAIN"), team("TURNS", "ROUND_ROBIN", ("HOST",))))
        body = {"start": "2025-10-07T12:00:00Z", "eventTypeId": client.id_of(kind), "attendee": attendee()}

        async def create() -> tuple[int, str]:
            headers = {"cal-api-version": "2024-08-13"}
            async with session.post(f"{fake.url}/v2/bookings", json=body, headers=headers) as answer:
                parsed = await answer.json()
                return answer.status, parsed["data"]["uid"] if answer.status == 201 else ""

        outcomes = Counter(await asyncio.gather(*(create() for _ in range(50))))

    uids = {uid for status, uid in outcomes if status == 201}
    assert len(uids) == 1
    assert {status for status, _ in outcomes} <= {201, 400, 409}
    if kind == "PLAIN":
        assert sum(n for (status, _), n in outcomes.items() if status == 201) == 1
    assert len(fake.universe.bookings) == 1


async def test_two_requests_without_an_open_window_meet_the_availability_check(client: Client) -> None:
    client.load(world(personal("PLAIN")))

    first = await client.book("PLAIN")
    second = await client.book("PLAIN")

    assert (first.status, second.status) == (201, 400)
