"""What a simulation hands in: its clock, and the identifiers that a replay recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import aiohttp
import pytest

from fake_calcom import FakeCalcom, SeededIds
from fake_calcom.ids import number_of_uuid5, short_uuid
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import TUESDAY_15, attendee, team, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FIRST, SECOND = (11_489_895, "8Fxv4pCqnb1Jva1w9wn5wX"), (11_489_896, "bT1LntHUU8qdQNMMFpWFPm")


class RecordedIds:
    """Hands out the ids of a recording, in order, and fails when it is asked for more."""

    def __init__(self, *recorded: tuple[int, str]) -> None:
        self._numbers = [number for number, _ in recorded]
        self._uids = [uid for _, uid in recorded]
        self._requests = 0

    def booking_id(self) -> int:
        return self._numbers.pop(0)

    def booking_uid(self, organizer_username: str, start: datetime, now: datetime) -> str:
        return self._uids.pop(0)

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"

    def request_id(self) -> str:
        self._requests += 1
        return f"request-{self._requests}"

    def api_key(self, user_key: str) -> str:
        return f"cal_live_{user_key.lower()}"


class StationClock:
    """A clock that its owner moves."""

    def __init__(self) -> None:
        self.time = datetime(2025, 10, 6, 9, 5, 21, 2000, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> StationClock:
    return StationClock()


@pytest.fixture
async def replay(clock: StationClock) -> AsyncIterator[Client]:
    fake = FakeCalcom(clock=clock, ids=RecordedIds(FIRST, SECOND))
    loaded = world(team("TURNS", "ROUND_ROBIN", ("HOST",)))
    del loaded["clock"]
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        yield Client(fake, session).load(loaded)


async def test_a_replay_gets_the_recorded_ids_at_the_recorded_instants(replay: Client, clock: StationClock) -> None:
    first = await replay.book("TURNS")
    clock.time += timedelta(minutes=35)
    again = await replay.book("TURNS", who=attendee("Bob"))
    second = await replay.book("TURNS", TUESDAY_15)

    assert (first.data["id"], first.data["uid"]) == FIRST
    assert first.data["createdAt"] == "2025-10-06T09:05:21.002Z"
    assert again.data == first.data
    assert (second.data["id"], second.data["uid"]) == SECOND
    assert first.headers["X-Request-Id"] == "request-1"


async def test_a_refused_create_uses_up_no_recorded_id(replay: Client) -> None:
    await replay.book("TURNS")

    refused = await replay.book("TURNS", who=attendee(email="bob@example.com"))
    second = await replay.book("TURNS", TUESDAY_15)

    assert refused.status == 400
    assert (second.data["id"], second.data["uid"]) == SECOND


def test_seeds_differ_and_each_repeats() -> None:
    first, again, other = SeededIds(1), SeededIds(1), SeededIds(2)

    assert (
        [first.uuid(), first.request_id()] == [again.uuid(), again.request_id()] != [other.uuid(), other.request_id()]
    )
    assert first.api_key("HOST") == again.api_key("HOST") != other.api_key("HOST")


def test_a_position_is_returned_to_and_what_is_none_is_refused() -> None:
    ids = SeededIds(1)
    position = ids.checkpoint()
    expected = (ids.booking_id(), ids.uuid())

    ids.rewind(position)

    assert (ids.booking_id(), ids.uuid()) == expected
    for wrong in ({}, {"seed": 1}, dict(position) | {"random": [1, 2]}, dict(position) | {"seed": "x"}):
        with pytest.raises(ValueError, match="not a position of these ids"):
            ids.rewind(wrong)


def test_a_short_uuid_is_twenty_two_letters_of_flickrs_alphabet() -> None:
    assert short_uuid(0) == "1" * 22
    assert short_uuid(57) == "1" * 21 + "Z"
    assert len(short_uuid(2**128 - 1)) == 22


@pytest.mark.parametrize("name", ["", "host:2030-01-08T13:00:00Z:1", "ü" * 40])
def test_the_quick_uuid5_is_the_librarys(name: str) -> None:
    assert number_of_uuid5(name) == uuid5(NAMESPACE_URL, name).int
