"""Who hosts a team's booking, and how it fails when they are busy or there is nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_calcom.worlds import attendee, personal, team, world

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client


async def test_hosts_take_turns_by_least_recent_booking(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN")))

    hours = [f"2025-10-0{day}T12:00:00Z" for day in (7, 8, 9)]
    replies = [await client.book("TURNS", start, attendee(email=f"{start[:10]}@example.com")) for start in hours]

    hosts = [reply.data["hosts"][0]["name"] for reply in replies]
    assert hosts == ["Host 1", "Host 2", "Host 1"]


async def test_a_higher_priority_is_booked_first_while_it_is_free(client: Client) -> None:
    hosts = [{"user": "HOST", "priority": 1}, {"user": "HOST2", "priority": 3}]
    client.load(world(team("TURNS", "ROUND_ROBIN") | {"hosts": hosts}))

    replies = [await client.book("TURNS", who=attendee(email=f"{n}@example.com")) for n in range(2)]

    assert [reply.data["hosts"][0]["name"] for reply in replies] == ["Host 2", "Host 1"]


async def test_weighted_hosts_get_their_share_of_the_month_and_the_next_month_begins_anew(client: Client) -> None:
    hosts = [{"user": "HOST", "weight": 100}, {"user": "HOST2", "weight": 300}]
    client.load(world(team("SHARED", "ROUND_ROBIN") | {"hosts": hosts, "isRRWeightsEnabled": True}))

    async def book_on(days: range, month: int) -> list[str]:
        starts = [f"2025-{month}-{day:02d}T12:00:00Z" for day in days]
        replies = [await client.book("SHARED", start, attendee(email=f"{start[:10]}@example.com")) for start in starts]
        return [reply.data["hosts"][0]["name"][-1] for reply in replies]

    october = await book_on(range(13, 17), 10)
    again = await book_on(range(20, 24), 10)
    await client.call("PUT", "/__fake__/clock", {"now": "2025-11-03T08:00:00Z"})
    november = await book_on(range(10, 12), 11)

    assert "".join(october) == "2122"
    assert sorted(again) == ["1", "2", "2", "2"]
    assert november[0] == "2"


async def test_a_weighted_host_who_takes_part_as_a_guest_has_had_that_booking_too(client: Client) -> None:
    hosts = [{"user": "HOST", "weight": 100, "priority": 3}, {"user": "HOST2", "weight": 100, "priority": 1}]
    client.load(world(team("SHARED", "ROUND_ROBIN") | {"hosts": hosts, "isRRWeightsEnabled": True}))

    first = await client.book("SHARED", guests=["host2@example.com"])
    second = await client.book("SHARED", "2025-10-08T12:00:00Z", attendee(email="bob@example.com"))
    third = await client.book("SHARED", "2025-10-09T12:00:00Z", attendee(email="cyd@example.com"))

    names = [reply.data["hosts"][0]["name"] for reply in (first, second, third)]
    assert names == ["Host 1", "Host 1", "Host 2"]


async def test_a_booking_whose_host_or_attendees_did_not_come_is_no_turn(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN"), roles={"HOST": "OWNER of TEAM"}))
    first = await client.book("TURNS")
    second = await client.book("TURNS", "2025-10-07T13:00:00Z", attendee(email="bob@example.com"))
    await client.call("PUT", "/__fake__/clock", {"now": "2025-10-08T08:00:00Z"})
    absent = {"attendees": [{"email": "ada@example.com", "absent": True}]}
    marked = await client.post(f"/v2/bookings/{first.data['uid']}/mark-absent", absent, user="HOST")

    third = await client.book("TURNS", "2025-10-09T12:00:00Z", attendee(email="cyd@example.com"))
    fourth = await client.book("TURNS", "2025-10-09T13:00:00Z", attendee(email="dan@example.com"))

    assert marked.status == 200
    names = [reply.data["hosts"][0]["name"] for reply in (first, second, third, fourth)]
    assert names == ["Host 1", "Host 2", "Host 1", "Host 2"]
    await client.post(f"/v2/bookings/{second.data['uid']}/mark-absent", {"host": True}, user="HOST")
    await client.post(f"/v2/bookings/{fourth.data['uid']}/cancel", {})
    fifth = await client.book("TURNS", "2025-10-09T14:00:00Z", attendee(email="eve@example.com"))
    assert fifth.data["hosts"][0]["name"] == "Host 2"


async def test_turns_follow_when_a_world_says_its_bookings_were_made(client: Client) -> None:
    booked = {"eventType": "TURNS", "attendee": attendee(email="bob@example.com")}
    late = booked | {"start": "2025-10-13T12:00:00Z", "host": "HOST", "createdAt": "2025-10-05T12:00:00Z"}
    early = booked | {"start": "2025-10-14T12:00:00Z", "host": "HOST2", "createdAt": "2025-10-05T11:00:00Z"}
    client.load(world(team("TURNS", "ROUND_ROBIN"), bookings=[late, early]))

    reply = await client.book("TURNS")

    assert reply.data["hosts"][0]["name"] == "Host 2"


async def test_a_collective_booking_has_one_organizer_and_its_co_hosts_as_attendees(client: Client) -> None:
    client.load(world(team("ALL", "COLLECTIVE")))

    reply = await client.book("ALL")

    assert [host["name"] for host in reply.data["hosts"]] == ["Host 1"]
    assert [a["email"] for a in reply.data["attendees"]] == ["ada@example.com", "host2@example.com"]
    assert reply.data["title"] == "All between TEAM and Ada"


async def test_a_collective_type_fails_differently_when_some_and_when_all_are_busy(client: Client) -> None:
    client.load(world(team("ALL", "COLLECTIVE"), personal("PLAIN")))
    await client.book("PLAIN", "2025-10-08T12:00:00Z")
    await client.book("ALL")

    some = await client.book("ALL", "2025-10-08T12:00:00Z", attendee(email="bob@example.com"))
    everyone = await client.book("ALL", who=attendee(email="bob@example.com"))

    assert (some.status, some.body) == (500, {"statusCode": 500, "message": "Internal server error"})
    assert everyone.message == "One of the hosts either already has booking at this time or is not available"


@pytest.mark.parametrize("kind", ["ROUND_ROBIN", "COLLECTIVE"])
async def test_a_team_type_without_hosts_cannot_be_booked(client: Client, kind: str) -> None:
    client.load(world(team("EMPTY", kind, hosts=())))

    reply = await client.book("EMPTY")

    assert (reply.status, reply.body["error"]["code"]) == (422, "UnprocessableEntityException")
    assert reply.message.startswith("Can't book this team event type because it has no hosts.")
