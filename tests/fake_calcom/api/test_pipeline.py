"""What every request goes through: versions, credentials, rate limit, paths, the two shapes of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import NOW, TUESDAY_14, V_EVENT_TYPES, attendee, personal, team, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NEW_BODY = {"start": TUESDAY_14, "eventTypeId": 77, "attendee": attendee()}


@pytest.fixture
def plain(client: Client) -> Client:
    return client.load(world(personal("PLAIN", id=77), team("TURNS", "ROUND_ROBIN", id=78)))


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("2024-08-13", 201),
        ("2026-02-25", 201),
        ("", 400),
        ("2030-01-01", 400),
        ("2024-06-14", 400),
        ("2024-09-04", 404),
    ],
)
async def test_the_version_decides_which_bookings_a_body_reaches(plain: Client, version: str, status: int) -> None:
    reply = await plain.post("/v2/bookings", NEW_BODY, {"cal-api-version": version})

    assert reply.status == status


@pytest.mark.parametrize(
    ("path", "authorization", "status", "message"),
    [
        ("/v2/bookings", "", 403, "PermissionsGuard - no authentication provided."),
        ("/v2/me", "", 401, "ApiAuthStrategy - No authentication method provided."),
        ("/v2/me", "Bearer cal_nobody", 401, "CustomThrottlerGuard - Invalid API Key"),
        ("/v2/bookings", "Bearer token", 403, "PermissionsGuard - no oAuth client found for access token=token"),
        ("/v2/me", "Bearer token", 401, "ApiAuthStrategy - access token - Invalid Access Token."),
        ("/v2/slots/available", "Bearer cal_nobody", 401, "CustomThrottlerGuard - Invalid API Key"),
    ],
)
async def test_a_stranger_is_refused_in_the_words_of_the_guard(
    plain: Client, path: str, authorization: str, status: int, message: str
) -> None:
    reply = await plain.get(path, {"Authorization": authorization} if authorization else None)

    assert reply.status == status
    assert reply.message.startswith(message)


async def test_an_expired_key_is_told_so(client: Client) -> None:
    loaded = world(personal("PLAIN"))
    loaded["users"][0]["apiKeyExpiresAt"] = NOW

    reply = await client.load(loaded).get("/v2/me", user="HOST")

    assert reply.message == "ApiAuthStrategy - api key - Your api key is expired"


@pytest.mark.parametrize("value", ["{key}", "cal_somebody_elses", "Basic abc"])
async def test_a_bare_value_without_bearer_does_not_close_a_public_endpoint(plain: Client, value: str) -> None:
    value = value.format(key=plain.keys.users["HOST"]["api_key"])

    reply = await plain.post("/v2/bookings", NEW_BODY, {"Authorization": value})

    assert reply.status == 201


async def test_the_limit_counts_down_blocks_for_a_minute_and_starts_over(plain: Client) -> None:
    replies = [await plain.get("/v2/me", user="HOST") for _ in range(121)]
    await plain.post("/__fake__/clock/advance", {"seconds": 59})
    still = await plain.get("/v2/me", user="HOST")
    other = await plain.get("/v2/me", user="HOST2")
    await plain.post("/__fake__/clock/advance", {"seconds": 1})
    again = await plain.get("/v2/me", user="HOST")

    left = [reply.headers["X-RateLimit-Remaining-Default"] for reply in replies]
    assert (left[0], left[119], left[120]) == ("119", "0", "0")
    assert [r.status for r in replies] == [200] * 120 + [429]
    assert replies[-1].body["error"] == {
        "code": "ThrottlerException",
        "message": "CustomThrottlerGuard - Too many requests. Please try again later.",
        "details": "CustomThrottlerGuard - Too many requests. Please try again later.",
    }
    assert "Retry-After" not in replies[-1].headers
    assert (still.status, other.status, again.status) == (429, 200, 200)
    assert again.headers["X-RateLimit-Remaining-Default"] == "119"


@pytest.mark.parametrize("path", ["/v2/bookings/", "/api/v2/bookings", "/api/v2/bookings//"])
async def test_other_spellings_of_a_path_reach_the_same_route(plain: Client, path: str) -> None:
    assert (await plain.post(path, NEW_BODY)).status == 201


async def test_an_unknown_route_is_an_envelope_with_its_path_and_query(plain: Client) -> None:
    reply = await plain.get("/v2/nope?x=1")

    assert reply.body == {
        "status": "error",
        "timestamp": NOW,
        "path": "/v2/nope?x=1",
        "error": {
            "code": "NotFoundException",
            "message": "Cannot GET /v2/nope?x=1",
            "details": {"message": "Cannot GET /v2/nope?x=1", "error": "Not Found", "statusCode": 404},
        },
    }


async def test_the_server_names_the_request_and_ignores_the_clients_name(plain: Client) -> None:
    replies = [await plain.get("/v2/me", {"X-Request-Id": "mine"}, "HOST") for _ in range(2)]

    names = [reply.headers["X-Request-Id"] for reply in replies]
    assert "mine" not in names
    assert names[0] != names[1]


@pytest.mark.parametrize("body", ['{"start":', "[1,", "\x00", '"text"', "NaN", "[" * 100_000, b"\xff\xfe"])
async def test_what_is_no_json_is_refused_by_the_parser(plain: Client, body: str | bytes) -> None:
    async with (
        aiohttp.ClientSession(middlewares=(plain.fake.direct_door(),)) as session,
        session.post("http://cal.test/v2/bookings", data=body, headers={"Content-Type": "application/json"}) as answer,
    ):
        parsed = await answer.json()

    assert (answer.status, parsed["error"]["code"]) == (400, "BadRequestException")


@pytest.mark.parametrize(
    ("sent", "message"), [(None, "Body is required"), ([], "Body should be an object"), ({}, "start property is wrong")]
)
async def test_a_body_that_is_none(plain: Client, sent: Any, message: str) -> None:
    reply = await plain.post("/v2/bookings", sent)

    assert reply.status == 400
    assert reply.message.startswith(message)


async def test_head_and_options_are_answered(plain: Client) -> None:
    head = await plain.call("HEAD", "/v2/me", user="HOST")
    options = await plain.call("OPTIONS", "/v2/bookings")

    assert (head.status, head.body) == (200, None)
    assert (options.status, options.headers["Access-Control-Allow-Origin"]) == (204, "*")


async def test_event_types_are_ones_own_by_id_and_anybodys_by_username(plain: Client) -> None:
    body = {"title": "Intro", "slug": "intro", "lengthInMinutes": 30}

    made = await plain.post("/v2/event-types", body, V_EVENT_TYPES, "HOST")
    twice = await plain.post("/v2/event-types", body, V_EVENT_TYPES, "HOST")
    public = await plain.get("/v2/event-types?username=host-1", V_EVENT_TYPES)
    nobody = await plain.get("/v2/event-types", V_EVENT_TYPES)
    of_team = await plain.get("/v2/event-types/78", V_EVENT_TYPES, "HOST")
    path = f"/v2/event-types/{made.data['id']}"
    longer = await plain.call("PATCH", path, {"lengthInMinutes": 45}, V_EVENT_TYPES, "HOST")
    gone = await plain.call("DELETE", path, None, V_EVENT_TYPES, "HOST")

    assert (made.status, made.data["minimumBookingNotice"]) == (201, 120)
    assert twice.message == "User already has an event type with this slug."
    assert [e["slug"] for e in public.data] == ["plain", "intro"]
    assert (nobody.data, of_team.status) == ([], 404)
    assert longer.data["lengthInMinutes"] == 45
    assert gone.data == {"id": made.data["id"], "lengthInMinutes": 45, "slug": "intro", "title": "Intro"}


async def test_a_schedule_decides_when_its_owner_can_be_booked(plain: Client) -> None:
    version = {"cal-api-version": "2024-06-11"}
    mine = await plain.get("/v2/schedules/default", version, "HOST")
    evenings = [{"days": ["Tuesday"], "startTime": "20:00", "endTime": "22:00"}]

    path = f"/v2/schedules/{mine.data['id']}"
    changed = await plain.call("PATCH", path, {"availability": evenings}, version, "HOST")
    by_day = await plain.book("PLAIN")
    at_night = await plain.book("PLAIN", "2025-10-07T18:00:00Z")

    assert changed.data["availability"] == evenings
    assert (by_day.status, at_night.status) == (400, 201)


async def test_a_team_shows_its_event_types_to_its_members(plain: Client) -> None:
    teams = await plain.get("/v2/teams", user="HOST")
    path = f"/v2/teams/{teams.data[0]['id']}/event-types"

    listed = await plain.get(path, user="HOST")
    stranger = await plain.get(path, user="STRANGER")

    assert [(e["slug"], e["schedulingType"]) for e in listed.data] == [("turns", "roundRobin")]
    assert stranger.status == 403


@pytest.fixture
async def unlimited() -> AsyncIterator[Client]:
    fake = FakeCalcom(calls_per_minute=None)
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        yield Client(fake, session).load(world(personal("PLAIN", id=77)))


async def test_the_limit_can_be_switched_off(unlimited: Client) -> None:
    replies = [await unlimited.get("/v2/me", user="HOST") for _ in range(200)]

    assert {reply.status for reply in replies} == {200}
