"""GET /v2/bookings: scope, filters, order, pages; and the older shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_calcom.worlds import attendee, personal, team, world

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client

DAYS = ("07", "08", "09")


@pytest.fixture
async def listed(client: Client) -> Client:
    """Three bookings of HOST by Ada, Bob and Eve on three days, made a minute apart."""
    client.load(
        world(
            personal("PLAIN", id=77),
            team("TURNS", "ROUND_ROBIN", ("HOST2",), id=78),
            personal("ASK", id=79, confirmationPolicy={"type": "always"}),
            roles={"STRANGER": "OWNER of TEAM"},
        )
    )
    for day, name in zip(DAYS, ("Ada", "Bob", "Eve"), strict=True):
        await client.book("PLAIN", f"2025-10-{day}T12:00:00Z", attendee(name, f"{name.lower()}+x@example.com"))
        await client.post("/__fake__/clock/advance", {"seconds": 60})
    return client


async def names(client: Client, query: str = "", user: str = "HOST") -> str:
    reply = await client.get(f"/v2/bookings{query}", user=user)
    return " ".join(booking["attendees"][0]["name"] for booking in reply.data)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Ada Bob Eve"),
        ("?status=upcoming", "Ada Bob Eve"),
        ("?status=past", ""),
        ("?status=upcoming,past", "Ada Bob Eve"),
        ("?status[]=upcoming&status[]=past", "Ada Bob Eve"),
        ("?attendeeEmail=bob%2Bx@example.com", "Bob"),
        ("?attendeeEmail=bob+x@example.com", "Bob"),
        ("?attendeeEmail=example.com", ""),
        ("?attendeeName=Eve", "Eve"),
        ("?eventTypeId=77", "Ada Bob Eve"),
        ("?eventTypeIds=78,79", ""),
        ("?afterStart=2025-10-08T12:00:00Z", "Bob Eve"),
        ("?beforeEnd=2025-10-08T12:00:00Z", "Ada"),
        ("?afterCreatedAt=2025-10-06T08:01:00Z&beforeCreatedAt=2025-10-06T08:01:30Z", "Bob"),
        ("?sortCreated=desc", "Eve Bob Ada"),
        ("?sortStart=desc&take=2", "Eve Bob"),
        ("?skip=1&take=1", "Bob"),
        ("?teamIds=5&unknown=1", "Ada Bob Eve"),
    ],
)
async def test_a_query_selects_and_sorts(listed: Client, query: str, expected: str) -> None:
    assert await names(listed, query) == expected


async def test_the_statuses_tell_apart_what_is_over_and_what_waits(listed: Client) -> None:
    gone = await listed.get("/v2/bookings?attendeeName=Ada", user="HOST")
    await listed.post(f"/v2/bookings/{gone.data[0]['uid']}/cancel")
    await listed.book("ASK", "2025-10-10T12:00:00Z", attendee("Kim", "kim@example.com"))
    await listed.call("PUT", "/__fake__/clock", {"now": "2025-10-08T20:00:00Z"})

    seen = {s: await names(listed, f"?status={s}") for s in ("upcoming", "past", "cancelled", "unconfirmed")}

    assert seen == {"upcoming": "Eve Kim", "past": "Bob", "cancelled": "Ada", "unconfirmed": "Kim"}


async def test_a_caller_sees_what_they_host_attend_or_administer(listed: Client) -> None:
    await listed.book("TURNS", "2025-10-10T12:00:00Z", attendee("Host 1", "host1@example.com"))

    seen = {user: await names(listed, user=user) for user in ("HOST", "HOST2", "STRANGER")}

    assert seen == {"HOST": "Ada Bob Eve Host 1", "HOST2": "Host 1", "STRANGER": "Host 1"}


async def test_pages_count_what_is_left(listed: Client) -> None:
    reply = await listed.get("/v2/bookings?take=2", user="HOST")

    assert reply.body["pagination"] == {
        "returnedItems": 2,
        "totalItems": 3,
        "itemsPerPage": 2,
        "remainingItems": 1,
        "currentPage": 1,
        "totalPages": 2,
        "hasNextPage": True,
        "hasPreviousPage": False,
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?status=bogus", "Invalid status. Allowed are upcoming, recurring, past, cancelled, unconfirmed"),
        ("?take=0", "take must not be less than 1"),
        ("?take=251", "take must not be greater than 250"),
        ("?skip=-1", "skip must not be less than 0"),
        ("?sortStart=up", 'SortStart must be either "asc" or "desc".'),
        ("?sortUpdatedAt=up", 'SortCreated must be either "asc" or "desc".'),
        ("?afterStart=yesterday", "afterStart must be a valid ISO 8601 date string"),
    ],
)
async def test_a_wrong_query_is_listed_in_the_details(listed: Client, query: str, sentence: str) -> None:
    reply = await listed.get(f"/v2/bookings{query}", user="HOST")

    assert (reply.status, reply.message) == (400, "Bad Request Exception")
    assert sentence in str(reply.body["error"]["details"]["errors"])


async def test_an_unknown_event_type_is_an_error_and_not_an_empty_list(listed: Client) -> None:
    reply = await listed.get("/v2/bookings?eventTypeId=90909", user="HOST")

    assert (reply.status, reply.body["error"]["code"]) == (400, "TRPCError")


async def test_the_old_version_groups_its_bookings_and_takes_its_own_body(listed: Client) -> None:
    old = {"cal-api-version": "2024-04-15"}
    body = {
        "start": "2025-10-10T12:00:00Z",
        "eventTypeId": 77,
        "timeZone": "Europe/Rome",
        "language": "it",
        "metadata": {},
        "responses": {"name": "Kim", "email": "kim@example.com"},
    }

    made = await listed.post("/v2/bookings", body, old)
    new_body = await listed.post("/v2/bookings", {"start": body["start"], "eventTypeId": 77}, old)
    grouped = await listed.get("/v2/bookings", old, "HOST")

    assert (made.status, made.data["status"]) == (201, "ACCEPTED")
    assert new_body.status == 400
    assert [b["uid"] for b in grouped.data["bookings"]][-1] == made.data["uid"]
