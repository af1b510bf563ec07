"""A create request leaves once, and what comes of it is told by what it proves."""

from __future__ import annotations

import aiohttp
import pytest

from booking_core.domain.events import CalcomAsked, Event
from booking_core.ports.calcom import Answered, NotSent, Refused, Unknown
from tests.booking_core.calcom import scripted
from tests.booking_core.calcom.scripted import HandClock, Reaction, Rig, answers, make_client, request, says


async def test_a_create_carries_version_key_and_metadata(rig: Rig) -> None:
    result = await rig.client.create_booking(request())

    heard = rig.calcom.heard[0]
    assert isinstance(result, Answered)
    assert (heard.method, heard.path) == ("POST", "/v2/bookings")
    assert heard.headers["cal-api-version"] == "2024-08-13"
    assert heard.headers["Authorization"] == "Bearer cal_test_key"
    assert heard.body == {
        "start": "2025-10-10T06:00:00.000Z",
        "eventTypeId": 77,
        "attendee": {"name": "Ada", "email": "ada@example.com", "timeZone": "Europe/Berlin", "language": "de"},
        "metadata": {"call_id": "call_1", "attempt_key": "k1"},
    }


async def test_the_answered_booking_is_read_whole(rig: Rig) -> None:
    result = await rig.client.create_booking(request())

    assert isinstance(result, Answered)
    booking = result.booking
    assert (booking.uid, booking.number, booking.retell_call_id) == ("uid1", 11489895, "call_1")
    assert booking.created_at is not None
    assert booking.created_at.isoformat() == "2025-10-06T09:05:21.002000+00:00"
    assert booking.attendee is not None
    assert booking.attendee.phone == "+491701"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, {"status": "error", "error": {"code": "X", "message": "User either already has booking"}}, "User either"),
        (409, {"statusCode": 409, "message": "booking_conflict_error"}, "booking_conflict_error"),
    ],
)
async def test_both_error_shapes_are_read(rig: Rig, status: int, body: object, message: str) -> None:
    rig.calcom.reactions = [answers(status, body)]

    result = await rig.client.create_booking(request())

    assert isinstance(result, Refused)
    assert result.http_status == status
    assert result.message.startswith(message)


@pytest.mark.parametrize(
    "reaction",
    [
        scripted.hangs_up,
        scripted.breaks_off,
        answers(500, {"statusCode": 500, "message": "Internal server error"}),
        answers(503, {}),
        answers(302, {}, {"Location": "/v2/elsewhere"}),
        says(b"<html>nothing</html>"),
        says(b""),
        says(b"\xff\xfe{}"),
        says(b"[" * 100_000),
        says(b'{"status": "success", "data": []}'),
        scripted.books(uid=None),
        scripted.books(id="eleven"),
        scripted.books(start="yesterday"),
        scripted.books(end="0001-01-01T00:00:00+14:00"),
    ],
)
async def test_what_proves_nothing_is_unknown_and_never_repeated(rig: Rig, reaction: Reaction) -> None:
    rig.calcom.reactions = [reaction]

    result = await rig.client.create_booking(request())

    assert isinstance(result, Unknown)
    assert len(rig.calcom.heard) == 1


async def test_silence_is_unknown_and_nothing_is_repeated(impatient_rig: Rig) -> None:
    impatient_rig.calcom.reactions = [scripted.stays_silent]

    result = await impatient_rig.client.create_booking(request())

    assert isinstance(result, Unknown)
    assert len(impatient_rig.calcom.heard) == 1


async def test_a_refused_connection_proves_that_nothing_was_booked() -> None:
    told: list[Event] = []
    async with aiohttp.ClientSession() as http:
        client = make_client(http, "http://127.0.0.1:9", HandClock(), told)

        result = await client.create_booking(request())

    assert isinstance(result, NotSent)
    assert [fact.result for fact in told if isinstance(fact, CalcomAsked)] == ["not_sent"]


async def test_a_rate_limit_proves_that_nothing_was_booked_and_is_honoured(rig: Rig) -> None:
    blocked = answers(429, {"status": "error"}, {"X-RateLimit-Reset-Default": "17"})
    rig.calcom.reactions = [blocked, scripted.books()]

    first = await rig.client.create_booking(request())
    rig.clock.seconds += 16.9
    second = await rig.client.create_booking(request())
    heard_while_blocked = len(rig.calcom.heard)
    rig.clock.seconds += 0.2
    third = await rig.client.create_booking(request())

    assert isinstance(first, NotSent)
    assert isinstance(second, NotSent)
    assert heard_while_blocked == 1
    assert isinstance(third, Answered)


async def test_a_retry_after_of_a_proxy_goes_first(rig: Rig) -> None:
    both = {"Retry-After": "3", "X-RateLimit-Reset-Default": "60"}
    rig.calcom.reactions = [answers(429, {}, both), scripted.books()]

    await rig.client.create_booking(request())
    rig.clock.seconds += 3.1

    assert isinstance(await rig.client.create_booking(request()), Answered)


@pytest.mark.parametrize("missing", ["createdAt", "metadata", "attendees", "eventTypeId"])
async def test_what_cal_com_left_out_is_none_and_the_booking_still_counts(rig: Rig, missing: str) -> None:
    body = scripted.booking_json()
    del body[missing]
    rig.calcom.reactions = [answers(201, {"status": "success", "data": body})]

    assert isinstance(await rig.client.create_booking(request()), Answered)


@pytest.mark.parametrize("created_at", ["garbage", 5, None, ""])
async def test_a_malformed_created_at_is_unknown_not_an_error(rig: Rig, created_at: object) -> None:
    rig.calcom.reactions = [scripted.books(createdAt=created_at)]

    result = await rig.client.create_booking(request())

    assert isinstance(result, Answered)
    assert result.booking.created_at is None


async def test_a_move_is_sent_once_and_answers_with_the_new_booking(rig: Rig) -> None:
    rig.calcom.reactions = [scripted.books(uid="uid2")]

    result = await rig.client.reschedule_booking("uid1", scripted.START, "other day")

    assert isinstance(result, Answered)
    assert result.booking.uid == "uid2"
    assert rig.calcom.heard[0].path == "/v2/bookings/uid1/reschedule"
    assert rig.calcom.heard[0].body == {"start": "2025-10-10T06:00:00.000Z", "reschedulingReason": "other day"}
