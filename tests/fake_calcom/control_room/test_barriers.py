"""A barrier holds requests between check and commit until all have come: a race to order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from fake_calcom import WorldError
from tests.fake_calcom.worlds import attendee

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client

BOB = attendee("Bob", "bob@example.com")


async def test_two_overlapping_unequal_starts_both_book_when_they_race(room: Client) -> None:
    barrier = room.fake.barriers.add("createBooking", 2)

    answers = await asyncio.gather(room.book("PLAIN"), room.book("PLAIN", "2025-10-07T12:30:00.000Z", who=BOB))

    assert [answer.status for answer in answers] == [201, 201]
    assert barrier.is_open
    assert not barrier.broken


async def test_equal_starts_race_into_the_unique_key(room: Client) -> None:
    room.fake.barriers.add("createBooking", 2)

    answers = await asyncio.gather(room.book("PLAIN"), room.book("PLAIN", who=BOB))

    assert sorted(answer.status for answer in answers) == [201, 409]


async def test_who_waits_alone_goes_on_after_its_patience(room: Client) -> None:
    barrier = room.fake.barriers.add("createBooking", 2, patience_s=0.01)

    answer = await room.book("PLAIN")

    assert (answer.status, barrier.broken) == (201, True)


async def test_the_control_door_puts_barriers_up_and_lets_go(room: Client) -> None:
    await room.post("/__fake__/barriers", {"operation": "createBooking", "parties": 2})
    held = asyncio.create_task(room.book("PLAIN"))
    await room.fake.barriers.latest().holds_one.wait()

    told = await room.get("/__fake__/barriers")
    await room.call("DELETE", "/__fake__/barriers")

    assert told.body["data"] == [
        {"operation": "createBooking", "parties": 2, "arrived": 1, "open": False, "broken": False}
    ]
    assert (await held).status == 201


@pytest.mark.parametrize(
    ("operation", "parties", "where"), [("getMe", 2, "operation"), ("createBooking", 1, "parties")]
)
def test_a_barrier_that_can_hold_nobody_is_refused(room: Client, operation: str, parties: int, where: str) -> None:
    with pytest.raises(WorldError) as refused:
        room.fake.barriers.add(operation, parties)

    assert refused.value.where == where
