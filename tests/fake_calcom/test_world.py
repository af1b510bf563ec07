"""Loading a world, and the control door: clear errors with a path, and nothing changed by a mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom, WorldError
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import NOW, TUESDAY_14, attendee, personal, team, world

if TYPE_CHECKING:
    from collections.abc import Callable

BOOKING = {"eventType": "PLAIN", "start": TUESDAY_14, "attendee": {"name": "A", "email": "a@x.io", "timeZone": "UTC"}}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return a good world with one change."""
    made = world(personal("PLAIN"), team("TURNS", "ROUND_ROBIN"), bookings=[dict(BOOKING)])
    change(made)
    return made


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        (lambda w: w.update(extra=1), "extra", "property extra should not exist"),
        (lambda w: w.update(clock="noon"), "clock", "clock must be a valid ISO 8601 date string"),
        (lambda w: w.update(users={}), "users", "users must be an array"),
        (lambda w: w["users"][0].update(nick="x"), "users[0].nick", "property nick should not exist"),
        (lambda w: w["users"][1].pop("name"), "users[1].name", "name must be a string"),
        (lambda w: w["users"].append(w["users"][0]), "users[3].key", "the key 'HOST' is used twice"),
        (lambda w: w["users"][0].update(timeZone="Mars"), "users[0].timeZone", "must be a valid IANA time-zone"),
        (lambda w: w["users"][0].update(apiKey="x"), "users[0].apiKey", "must begin with cal_"),
        (lambda w: w["schedules"][0].update(owner="NOBODY"), "schedules[0].owner", "no user has the key 'NOBODY'"),
        (
            lambda w: w["schedules"][0]["availability"][0].update(startTime="9"),
            "schedules[0].availability[0].startTime",
            "startTime must match format HH:MM",
        ),
        (lambda w: w["event_types"][0].update(owner="X"), "event_types[0].owner", "no user has the key 'X'"),
        (lambda w: w["event_types"][0].update(team="T"), "event_types[0]", "either an owner or a team"),
        (lambda w: w["event_types"][0].pop("slug"), "event_types[0].slug", "slug must be a string"),
        (
            lambda w: w["event_types"][0].update(seats={"seatsPerTimeSlot": 0}),
            "event_types[0].seats.seatsPerTimeSlot",
            "seatsPerTimeSlot must not be less than 1",
        ),
        (
            lambda w: w["event_types"][1]["hosts"][0].update(user="X"),
            "event_types[1].hosts[0].user",
            "no user has the key 'X'",
        ),
        (
            lambda w: w["event_types"][1].update(isRRWeightsEnabled=True, schedulingType="COLLECTIVE"),
            "event_types[1].isRRWeightsEnabled",
            "only hosts who take turns (ROUND_ROBIN) have weights",
        ),
        (lambda w: w.update(blockedEmails="a@x.io"), "blockedEmails", "blockedEmails must be an array"),
        (lambda w: w.update(roles={"HOST": "KING of TEAM"}), "roles.HOST", "a role reads like 'OWNER of TEAM1'"),
        (lambda w: w["bookings"][0].update(eventType="X"), "bookings[0].eventType", "no event type has the key 'X'"),
        (lambda w: w["bookings"][0].update(start="x"), "bookings[0].start", "must be a valid ISO 8601 date string"),
        (
            lambda w: w["bookings"].extend([BOOKING | {"uid": "u"}] * 2),
            "bookings[2].uid",
            "another booking has this uid",
        ),
    ],
)
def test_a_wrong_world_names_the_place_and_changes_nothing(
    change: Callable[[dict[str, Any]], object], where: str, message: str
) -> None:
    fake = FakeCalcom(world=world(personal("PLAIN")))
    before = fake.snapshot()

    with pytest.raises(WorldError) as caught:
        fake.load_world(changed(change))

    assert caught.value.where == where
    assert message in caught.value.message
    assert fake.snapshot() == before


@pytest.mark.parametrize("wrong", [None, [], "world", 7])
def test_a_world_is_an_object(wrong: Any) -> None:
    with pytest.raises(WorldError, match="a world is an object"):
        FakeCalcom().load_world(wrong)


def test_ids_and_keys_may_be_the_testers_own() -> None:
    loaded = world(personal("PLAIN", id=2563193))
    loaded["users"][0] |= {"id": 12, "apiKey": "cal_live_mine"}

    keys = FakeCalcom().load_world(loaded)

    assert keys.event_types == {"PLAIN": {"id": 2563193}}
    assert keys.users["HOST"] == {"id": 12, "api_key": "cal_live_mine"}


async def test_a_told_booking_is_there_as_told_and_takes_its_time(client: Client) -> None:
    told = BOOKING | {"id": 500, "uid": "hT2bQxv9mKz4WcPdR7sEyA", "createdAt": "2025-10-05T09:05:21.002Z"}
    client.load(world(personal("PLAIN"), bookings=[told | {"metadata": {"call_id": "1"}}]))

    read = await client.get("/v2/bookings/hT2bQxv9mKz4WcPdR7sEyA")
    refused = await client.book("PLAIN")

    assert (read.data["id"], read.data["createdAt"]) == (500, "2025-10-05T09:05:21.002Z")
    assert read.data["metadata"] == {"call_id": "1"}
    assert refused.status == 400


async def test_reset_goes_back_to_the_world_last_loaded(client: Client) -> None:
    client.load(world(personal("PLAIN")))
    before = client.fake.snapshot()
    await client.book("PLAIN")
    await client.post("/__fake__/clock/advance", {"seconds": 60})

    await client.post("/__fake__/reset")

    assert client.fake.snapshot() == before


async def test_reset_takes_no_world_and_says_where_one_is_loaded(client: Client) -> None:
    client.load(world(personal("PLAIN")))
    before = client.fake.snapshot()

    refused = await client.post("/__fake__/reset", world(personal("OTHER")))

    assert refused.status == 400
    assert "PUT /__fake__/world" in refused.body["error"]["message"]
    assert client.fake.snapshot() == before


class StationClock:
    """A clock of somebody else's, e.g. a simulator's."""

    def now(self) -> datetime:
        return datetime(2025, 10, 6, 8, 0, tzinfo=UTC)


async def test_a_given_clock_is_read_and_never_moved() -> None:
    fake = FakeCalcom(clock=StationClock())
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        client = Client(fake, session)

        seen = await client.get("/__fake__/clock")
        moves = [
            await client.call("PUT", "/__fake__/clock", {"now": NOW}),
            await client.post("/__fake__/clock/advance", {"seconds": 1}),
            await client.call("PUT", "/__fake__/world", world(personal("PLAIN"))),
        ]

    assert seen.body["data"] == {"now": NOW, "mode": "given"}
    assert [(m.status, m.body["error"]["where"]) for m in moves] == [(400, "clock")] * 3


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("PUT", "/__fake__/clock", {"now": "noon"}, "now"),
        ("PUT", "/__fake__/clock", {"mode": "slow"}, "mode"),
        ("PUT", "/__fake__/clock", {"then": NOW}, "then"),
        ("POST", "/__fake__/clock/advance", {"seconds": "1"}, "seconds"),
        ("POST", "/__fake__/clock/advance", {"seconds": -1}, "seconds"),
        ("POST", "/__fake__/clock/advance", {"seconds": 1e300}, "seconds"),
        ("PUT", "/__fake__/generation", {"generation": "1999"}, "generation"),
        ("POST", "/__fake__/journal/count", {"method": 1}, "method"),
        ("GET", "/__fake__/journal?status=ok", None, "status"),
        ("GET", "/__fake__/journal?since=noon", None, "since"),
        ("PUT", "/__fake__/snapshot", {"format": 0}, "clock.now"),
        ("PUT", "/__fake__/world", [], ""),
    ],
)
async def test_the_control_door_tells_what_is_wrong_and_where(
    client: Client, method: str, path: str, body: Any, where: str
) -> None:
    client.load(world(personal("PLAIN")))
    before = client.fake.snapshot()

    reply = await client.call(method, path, body)

    assert (reply.status, reply.body["error"]["where"]) == (400, where)
    assert client.fake.snapshot() == before


async def test_the_journal_counts_what_was_called(client: Client) -> None:
    client.load(world(personal("PLAIN")))
    await client.book("PLAIN", metadata={"call_id": "1"})
    await client.book("PLAIN", metadata={"call_id": "2"})
    wanted = {"method": "POST", "path": "/v2/bookings", "json_subset": {"metadata": {"call_id": "2"}}}

    counted = await client.post("/__fake__/journal/count", wanted)
    refused = await client.get("/__fake__/journal?status=400")
    await client.call("DELETE", "/__fake__/journal")
    empty = await client.get("/__fake__/journal")

    assert counted.body["data"] == {"count": 1}
    assert [entry["operation"] for entry in refused.body["data"]] == ["createBooking"]
    assert empty.body["data"] == []


async def test_a_ticking_clock_runs_and_a_frozen_one_does_not(client: Client) -> None:
    await client.call("PUT", "/__fake__/clock", {"now": NOW, "mode": "frozen"})
    frozen = [(await client.get("/__fake__/clock")).body["data"]["now"] for _ in range(2)]

    ticking = await client.call("PUT", "/__fake__/clock", {"mode": "ticking"})

    assert frozen == [NOW, NOW]
    assert ticking.body["data"]["mode"] == "ticking"
    assert (await client.get("/__fake__/clock")).body["data"]["now"] >= NOW


def test_attendees_are_told_like_any_booker() -> None:
    wrong = world(personal("PLAIN"), bookings=[BOOKING | {"attendee": attendee(timeZone="Mars")}])

    with pytest.raises(WorldError, match="timeZone must be a valid IANA time-zone") as caught:
        FakeCalcom().load_world(wrong)

    assert caught.value.where == "bookings[0].attendee.timeZone"
