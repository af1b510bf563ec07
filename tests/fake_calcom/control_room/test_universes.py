"""Tenants share a server and nothing else; kept states come back whole; recordings play again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from fake_calcom import FakeCalcom, WorldError
from fake_calcom.recorder import replay
from tests.fake_calcom.control_room.conftest import ROOM
from tests.fake_calcom.worlds import TUESDAY_14, attendee

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client


async def book_in(room: Client, tenant: str, event_type_id: int) -> int:
    body = {"eventTypeId": event_type_id, "start": TUESDAY_14, "attendee": attendee()}
    return (await room.post(f"/__tenant__/{tenant}/v2/bookings", body)).status


async def test_tenants_have_their_own_state_clock_faults_and_journal(room: Client) -> None:
    loaded = await room.call("PUT", "/__tenant__/one/__fake__/world", ROOM)
    await room.call("PUT", "/__tenant__/two/__fake__/world", ROOM)
    plain = loaded.body["data"]["event_types"]["PLAIN"]["id"]
    await room.post("/__tenant__/two/__fake__/faults", {"effect": {"kind": "status", "status": 503}})
    await room.post("/__tenant__/one/__fake__/clock/advance", {"seconds": 60})

    answers = [await book_in(room, name, plain) for name in ("one", "two")]

    one, two = room.fake.tenants.get("one"), room.fake.tenants.get("two")
    assert answers == [201, 503]
    assert [len(fake.universe.bookings) for fake in (room.fake, one, two)] == [0, 1, 0]
    assert [len(fake.journal) for fake in (room.fake, one, two)] == [0, 1, 1]
    assert one.clock.now() > two.clock.now()


async def test_an_api_key_leads_to_its_tenant(room: Client) -> None:
    loaded = await room.call("PUT", "/__tenant__/one/__fake__/world", ROOM)
    key = {"Authorization": f"Bearer {loaded.body['data']['users']['HOST']['api_key']}"}

    me = await room.get("/v2/me", headers=key)
    clock = await room.post("/__fake__/clock/advance", {"seconds": 5}, headers=key)

    assert me.status == 200
    assert clock.status == 200
    assert [len(fake.journal) for fake in (room.fake, room.fake.tenants.get("one"))] == [0, 1]
    assert room.fake.tenants.get("one").clock.now() > room.fake.clock.now()


async def test_a_tenant_nobody_made_answers_nothing(room: Client) -> None:
    answer = await room.get("/__tenant__/nobody/v2/me")

    assert (answer.status, answer.body["error"]["where"]) == (404, "tenant")


async def test_a_fork_goes_its_own_way(room: Client) -> None:
    await room.book("PLAIN")

    await room.post("/__fake__/tenants", {"name": "fork", "fork": True})
    await room.book("RR")

    fork = room.fake.tenants.get("fork")
    assert [len(fake.universe.bookings) for fake in (room.fake, fork)] == [2, 1]
    assert fork.clock.now() == room.fake.clock.now()
    assert fork.emails[0] == room.fake.emails[0]


async def test_a_kept_state_comes_back_as_often_as_wanted(room: Client) -> None:
    await room.book("PLAIN")
    room.fake.shelf.keep("one booked")
    before = room.fake.snapshot()

    seen = []
    for _ in range(2):
        again = await room.book("RR")
        seen.append(again.data["uid"])
        await room.fake.time.run_for(60)
        room.fake.shelf.restore("one booked")

    assert seen[0] == seen[1], "identifiers come back too"
    assert room.fake.snapshot() == before


async def test_the_control_door_keeps_restores_and_drops(room: Client) -> None:
    await room.post("/__fake__/snapshots", {"name": "empty"})
    await room.book("PLAIN")

    restored = await room.post("/__fake__/snapshots/restore", {"name": "empty"})
    dropped = await room.call("DELETE", "/__fake__/snapshots?name=empty")
    gone = await room.post("/__fake__/snapshots/restore", {"name": "empty"})

    assert restored.body["data"] == ["empty"]
    assert len(room.fake.universe.bookings) == 0
    assert dropped.body["data"] == []
    assert (gone.status, gone.body["error"]["where"]) == (400, "name")


async def test_a_new_world_knows_nothing_of_the_faults_and_calls_of_the_old_one(room: Client) -> None:
    room.fake.faults.add(effect="reset")
    room.fake.transitions.turn(after_reads=1)
    barrier = room.fake.barriers.add("createBooking", 2)
    room.fake.journal.next_moment()

    room.load(ROOM)

    assert len(room.fake.faults) == len(room.fake.journal) == 0
    assert room.fake.transitions.is_idle
    assert barrier.is_open
    assert (await room.book("PLAIN")).status == 201


async def test_a_wrong_world_leaves_faults_and_calls_alone(room: Client) -> None:
    await room.book("PLAIN")
    room.fake.faults.add(effect="reset")

    with pytest.raises(WorldError):
        room.load({"clock": "noon"})

    assert len(room.fake.faults) == len(room.fake.journal) == 1


@pytest.mark.parametrize("name", ["", "../x", "a b", "x" * 65])
def test_an_impossible_tenant_is_refused(room: Client, name: str) -> None:
    with pytest.raises(WorldError):
        room.fake.tenants.get(name)


async def test_a_recording_played_again_gives_the_same_state_and_answers(room: Client) -> None:
    tape = io.StringIO()
    room.fake.recorder.start(tape)
    booked = await room.book("PLAIN")
    await room.post("/__fake__/clock/advance", {"seconds": 30})
    await room.get("/v2/me", user="HOST")
    await room.post(f"/v2/bookings/{booked.data['uid']}/cancel", {})
    await room.book("RR")
    room.fake.recorder.stop()

    twin = FakeCalcom(seed=99, webhook_sender=room.fake.universe.outside.sender)
    answers = await replay(twin, tape.getvalue().splitlines())

    assert [answer.status for answer in answers] == [201, 200, 200, 201]
    assert without_counters(twin.snapshot()) == without_counters(room.fake.snapshot())


async def test_a_recording_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(WorldError) as refused:
        await replay(FakeCalcom(), ["{}"])

    assert refused.value.where == "line 1"


def without_counters(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Leave out what reads change too: the rate limit's counts and the source of request ids."""
    kept = {name: value for name, value in snapshot.items() if name != "counters"}
    return kept | {"ids": {name: value for name, value in kept["ids"].items() if name != "requests"}}
