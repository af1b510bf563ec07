"""POST /v2/bookings: what is refused, in which words and which order, and what comes of what is accepted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_calcom.worlds import NOW, TUESDAY_14, attendee, personal, team, world

if TYPE_CHECKING:
    from fake_calcom import FakeCalcom
    from tests.fake_calcom.client import Client


@pytest.fixture
def plain(client: Client) -> Client:
    return client.load(world(personal("PLAIN", id=77), personal("VARIABLE", lengthInMinutesOptions=[15, 30, 60])))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": "tomorrow"}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"start": None}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"foo": 1}, "foo property is wrong,property foo should not exist "),
        ({"attendee": None}, "attendee property is wrong,attendee should not be null or undefined "),
        ({"instant": False}, "instant property is wrong,property instant should not exist "),
        ({"eventTypeId": "77"}, "eventTypeId property is wrong,eventTypeId must be an integer number "),
        (
            {"eventTypeId": None},
            (
                "eventTypeId or eventTypeSlug + username property is wrong,Either eventTypeId or eventTypeSlug + "
                "username or eventTypeSlug + teamSlug must be provided "
            ),
        ),
        (
            {"lengthInMinutes": 0.5},
            (
                "lengthInMinutes property is wrong,lengthInMinutes must not be less than 1, lengthInMinutes must be an "
                "integer number "
            ),
        ),
        (
            {"attendee": attendee(timeZone="Mars/Olympus")},
            "attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ",
        ),
        (
            {"attendee": attendee(timeZone=None)},
            "attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ",
        ),
        (
            {"attendee": attendee(email=None)},
            (
                "attendee property is wrong, attendee email or phone property is wrong,Attendee must have at least one "
                "contact method (email or phone number) "
            ),
        ),
    ],
)
async def test_a_wrong_body_is_told_in_class_validators_words(
    plain: Client, change: dict[str, Any], message: str
) -> None:
    reply = await plain.book("PLAIN", **change)

    assert (reply.status, reply.body["error"]["code"], reply.message) == (400, "BadRequestException", message)
    assert reply.body["error"]["details"] == {"message": message, "error": "Bad Request", "statusCode": 400}


@pytest.mark.parametrize(
    ("change", "status", "code", "message"),
    [
        ({"metadata": {"n": 5}}, 400, "BAD_REQUEST", "metadata.n - Expected string, received number, "),
        (
            {"attendee": attendee(email="not-an-email")},
            400,
            "BAD_REQUEST",
            "responses - {email}email_validation_error, ",
        ),
        ({"eventTypeId": 99999999}, 404, "NotFoundException", "Event type with id 99999999 not found."),
        (
            {"lengthInMinutes": 30},
            400,
            "BadRequestException",
            (
                "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, "
                "remove the 'lengthInMinutes' field from the request."
            ),
        ),
        ({"start": "2025-10-03T10:00:00Z"}, 400, "BadRequestException", "Attempting to book a meeting in the past."),
        (
            {"start": "2025-10-07T20:00:00Z"},
            400,
            "BadRequestException",
            "User either already has booking at this time or is not available",
        ),
        (
            {"instant": True},
            400,
            "BadRequestException",
            "Instant bookings are only supported for team event types, not individual user event types.",
        ),
    ],
)
async def test_a_refusal_has_its_status_code_and_sentence(
    plain: Client, change: dict[str, Any], status: int, code: str, message: str
) -> None:
    reply = await plain.book("PLAIN", **change)

    assert (reply.status, reply.body["error"]["code"], reply.message) == (status, code, message)


async def test_a_start_within_the_minimum_notice_is_out_of_bounds(plain: Client) -> None:
    reply = await plain.book("PLAIN", "2025-10-06T09:59:00Z")

    assert reply.status == 400
    assert reply.message.startswith('The event type can\'t be booked at the "start" time provided.')


async def test_the_answer_of_a_full_body(plain: Client, fake: FakeCalcom) -> None:
    reply = await plain.book(
        "PLAIN",
        who=attendee("Ada Byron"),
        location="https://meet.example.com/x",
        guests=["bob@example.com"],
        metadata={"call_id": "c-1"},
        bookingFieldsResponses={"topic": "engines"},
    )

    assert re.fullmatch(r"[1-9A-HJ-NP-Za-km-z]{22}", reply.data["uid"])
    assert reply.data == full_answer(reply.data["id"], reply.data["uid"], plain.keys.users["HOST"]["id"])
    assert list(fake.fired) == ["BOOKING_CREATED"]
    assert [mail.to for mail in fake.emails] == ["ada@example.com", "bob@example.com", "host1@example.com"]


def full_answer(number: int, uid: str, host_id: int) -> dict[str, Any]:
    """Return the whole answer of the booking that the test above makes."""
    person = {"timeZone": "Europe/Rome", "language": "it", "absent": False}
    host = {"name": "Host 1", "email": "host1@example.com", "username": "host-1", "timeZone": "Europe/Rome"}
    return {
        "id": number,
        "uid": uid,
        "title": "Plain between Host 1 and Ada Byron",
        "description": "",
        "hosts": [{"id": host_id, **host}],
        "status": "accepted",
        "start": TUESDAY_14,
        "end": "2025-10-07T13:00:00.000Z",
        "duration": 60,
        "eventTypeId": 77,
        "eventType": {"id": 77, "slug": "plain"},
        "attendees": [
            {"name": "Ada Byron", "email": "ada@example.com", **person},
            {"name": "", "email": "bob@example.com", **person},
        ],
        "guests": ["bob@example.com"],
        "location": "https://meet.example.com/x",
        "meetingUrl": "https://meet.example.com/x",
        "absentHost": False,
        "createdAt": NOW,
        "updatedAt": NOW,
        "metadata": {"call_id": "c-1"},
        "rating": None,
        "icsUid": f"{uid}@Cal.com",
        "rescheduledByEmail": None,
        "bookingFieldsResponses": {
            "name": "Ada Byron",
            "email": "ada@example.com",
            "topic": "engines",
            "guests": ["bob@example.com"],
            "location": {"value": "link", "optionValue": "https://meet.example.com/x"},
        },
    }


async def test_reading_a_booking_gives_the_bytes_that_were_made(plain: Client) -> None:
    made = await plain.book("PLAIN")

    read = await plain.get(f"/v2/bookings/{made.data['uid']}")

    assert (read.status, read.data) == (200, made.data)


async def test_an_event_type_may_be_named_by_slug_and_username(plain: Client) -> None:
    reply = await plain.book("PLAIN", eventTypeId=None, eventTypeSlug="plain", username="host-1")

    assert reply.data["eventTypeId"] == 77


@pytest.mark.parametrize("minutes", [15, 30, 60])
async def test_a_variable_length_is_taken_when_it_is_offered(plain: Client, minutes: int) -> None:
    reply = await plain.book("VARIABLE", lengthInMinutes=minutes)

    assert reply.data["duration"] == minutes


async def test_a_start_off_the_grid_is_booked(plain: Client) -> None:
    reply = await plain.book("PLAIN", "2025-10-07T12:07:00Z")

    assert reply.data["start"] == "2025-10-07T12:07:00.000Z"


@pytest.mark.parametrize(("user", "status"), [("", 401), ("STRANGER", 403), ("HOST", 201)])
async def test_a_type_that_asks_for_credentials(client: Client, user: str, status: int) -> None:
    client.load(world(personal("CLOSED", bookingRequiresAuthentication=True)))
    body = {"start": TUESDAY_14, "eventTypeId": client.id_of("CLOSED"), "attendee": attendee()}

    reply = await client.post("/v2/bookings", body, user=user)

    assert reply.status == status


async def test_a_series_is_a_list_whose_uid_reads_it_whole(client: Client) -> None:
    recurrence = {"frequency": "weekly", "interval": 2, "occurrences": 3}
    client.load(world(personal("SERIES", recurrence=recurrence)))

    made = await client.book("SERIES")
    read = await client.get(f"/v2/bookings/{made.data[0]['recurringBookingUid']}")
    too_many = await client.book("SERIES", recurrenceCount=4)

    assert [b["start"][:10] for b in made.data] == ["2025-10-07", "2025-10-21", "2025-11-04"]
    assert read.data == made.data
    assert too_many.message == "Provided recurrence count is higher than the event type's recurring event count."


async def test_a_round_robin_series_is_answered_without_its_first_booking_and_repeated_one_by_one(
    client: Client,
) -> None:
    weekly = {"frequency": "weekly", "interval": 1, "occurrences": 3}
    client.load(world(team("SERIES", "ROUND_ROBIN", recurrence=weekly)))

    made = await client.book("SERIES")
    again = await client.book("SERIES")

    starts = [booking["start"][:10] for booking in made.data]
    assert starts == ["2025-10-14", "2025-10-21"]
    assert [booking["uid"] for booking in again.data] == [booking["uid"] for booking in made.data]
    assert len(client.fake.snapshot()["bookings"]) == 3


async def test_a_phone_alone_becomes_an_address_that_gets_no_mail(plain: Client, fake: FakeCalcom) -> None:
    reply = await plain.book("PLAIN", who=attendee(email=None, phoneNumber="+919876543210"))

    assert reply.data["attendees"][0]["email"] == "919876543210@sms.cal.com"
    assert reply.data["bookingFieldsResponses"]["attendeePhoneNumber"] == "+919876543210"
    assert [mail.to for mail in fake.emails] == ["host1@example.com"]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"bookingLimitsCount": {"day": 1}}, "booking_limit_reached"),
        ({"bookingLimitsDuration": {"week": 90}}, "duration_limit_reached"),
    ],
)
async def test_a_limit_is_a_raw_401(client: Client, limits: dict[str, Any], message: str) -> None:
    client.load(world(personal("LIMITED", **limits)))
    await client.book("LIMITED")

    reply = await client.book("LIMITED", "2025-10-07T10:00:00Z")

    assert (reply.status, reply.body) == (401, {"statusCode": 401, "message": message})


async def test_buffers_keep_the_time_around_a_booking_free(client: Client) -> None:
    client.load(world(personal("WIDE", afterEventBuffer=30), personal("PLAIN")))
    await client.book("WIDE")

    touching = await client.book("PLAIN", "2025-10-07T13:00:00Z")
    beyond = await client.book("PLAIN", "2025-10-07T13:30:00Z")

    assert (touching.status, beyond.status) == (400, 201)


async def test_a_type_that_hides_its_e_mail_books_by_phone(client: Client) -> None:
    fields = [{"type": "email", "slug": "email", "hidden": True}, {"type": "phone", "slug": "attendeePhoneNumber"}]
    client.load(world(personal("PHONE", bookingFields=fields)))

    reply = await client.book("PHONE", who=attendee(phoneNumber="+39333"))

    assert reply.data["attendees"][0]["email"] == "39333@sms.cal.com"


async def test_too_many_active_bookings_of_one_booker_are_an_unmapped_error(client: Client) -> None:
    client.load(world(personal("ONE", bookerActiveBookingsLimit={"maximumActiveBookings": 1})))
    await client.book("ONE")

    again = await client.book("ONE", "2025-10-08T12:00:00Z")
    other = await client.book("ONE", "2025-10-08T12:00:00Z", attendee(email="bob@example.com"))

    assert (again.status, again.body) == (500, {"statusCode": 500, "message": "Internal server error"})
    assert other.status == 201


@pytest.mark.parametrize(
    ("version", "user", "status"),
    [("2024-08-13", "HOST", 400), ("2026-02-25", "HOST", 201), ("2026-02-25", "", 400)],
)
async def test_since_2026_a_host_may_book_over_a_conflict(plain: Client, version: str, user: str, status: int) -> None:
    await plain.book("PLAIN", "2025-10-07T12:30:00Z")
    body = {"start": TUESDAY_14, "eventTypeId": 77, "attendee": attendee(), "allowConflicts": True}

    reply = await plain.post("/v2/bookings", body, {"cal-api-version": version}, user)

    assert reply.status == status
