"""One seed, one history: journals and snapshots of equal sessions are byte-equal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom, WorldError
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import TUESDAY_15, attendee, personal, team, world

if TYPE_CHECKING:
    from tests.fake_calcom.conftest import Mailbox

WORLD = world(personal("PLAIN"), team("TURNS", "ROUND_ROBIN"), personal("SEATED", seats={"seatsPerTimeSlot": 2}))


async def session_of(fake: FakeCalcom, *, load: bool = True) -> bytes:
    """Play a short session and return the journal as bytes."""
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        client = Client(fake, session)
        if load:
            client.load(WORLD)
        else:
            client.keys = FakeCalcom().load_world(WORLD)
        made = await client.book("TURNS")
        await client.book("TURNS", who=attendee("Bob"))
        await client.book("SEATED", "2025-10-08T12:00:00Z")
        await client.post(f"/v2/bookings/{made.data['uid']}/reschedule", {"start": TUESDAY_15})
        await client.get(f"/v2/slots?eventTypeId={client.id_of('PLAIN')}&start=2025-10-07&end=2025-10-08")
        await client.get("/v2/bookings", user="HOST")
    return json.dumps([entry.as_json() for entry in fake.journal]).encode()


async def test_equal_seeds_give_equal_journals() -> None:
    first = await session_of(FakeCalcom(seed=7))
    second = await session_of(FakeCalcom(seed=7))

    assert first == second


async def test_loading_the_world_again_gives_the_same_history_again() -> None:
    fake = FakeCalcom(seed=7)
    first = await session_of(fake)
    uids = [row.uid for row in fake.universe.bookings]

    await session_of(fake)

    assert first
    assert [row.uid for row in fake.universe.bookings] == uids


async def test_two_bookings_of_one_frozen_instant_differ_in_their_uid(client: Client) -> None:
    client.load(world(personal("ASK", confirmationPolicy={"type": "always"})))

    replies = [await client.book("ASK", who=attendee(email=f"a{n}@example.com")) for n in range(5)]

    assert len({reply.data["uid"] for reply in replies}) == 5


async def test_a_restored_fake_goes_on_as_the_one_that_was_taken(mailbox: Mailbox) -> None:
    original = FakeCalcom(seed=3, webhook_sender=mailbox)
    await session_of(original)
    snapshot = json.loads(json.dumps(original.snapshot()))
    copy = FakeCalcom(seed=99, webhook_sender=mailbox)

    copy.restore(snapshot)

    assert copy.snapshot() == snapshot
    copy.journal.clear()
    original.journal.clear()
    later = "2025-10-09T12:00:00Z"
    replies = []
    for fake in (original, copy):
        async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
            client = Client(fake, session)
            client.keys = FakeCalcom().load_world(WORLD)
            replies.append((await client.book("PLAIN", later)).data)
    assert replies[0] == replies[1]
    assert original.snapshot() == copy.snapshot()


@pytest.mark.parametrize(
    "wrong", [None, [], {}, {"format": 2}, {"format": 1, "clock": {"now": "2025-10-06T08:00:00Z"}}]
)
def test_what_is_no_snapshot_changes_nothing(wrong: Any) -> None:
    fake = FakeCalcom(world=WORLD)
    before = fake.snapshot()

    with pytest.raises(WorldError):
        fake.restore(wrong)

    assert fake.snapshot() == before
