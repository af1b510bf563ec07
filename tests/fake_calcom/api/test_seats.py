"""Seats: several bookers on one booking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_calcom.worlds import TUESDAY_15, V_SLOTS, attendee, personal, world

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client

ADA, BOB, EVE = (attendee(name, f"{name.lower()}@example.com") for name in ("Ada", "Bob", "Eve"))


@pytest.fixture
def seated(client: Client) -> Client:
    seats: dict[str, Any] = {"seatsPerTimeSlot": 2, "showAttendeeInfo": True, "showAvailabilityCount": True}
    return client.load(world(personal("SEATED", seats=seats)))


async def test_bookers_share_a_booking_and_each_has_a_seat_of_their_own(seated: Client) -> None:
    first = await seated.book("SEATED", who=ADA, metadata={"n": "1"})
    second = await seated.book("SEATED", who=BOB, metadata={"n": "2"})
    read = await seated.get(f"/v2/bookings/{first.data['uid']}")

    assert second.data["uid"] == first.data["uid"]
    assert [a["metadata"] for a in second.data["attendees"]] == [{"n": "1"}, {"n": "2"}]
    assert [a["seatUid"] for a in read.data["attendees"]] == [first.data["seatUid"], second.data["seatUid"]]
    assert "seatUid" not in read.data
    assert "bookingFieldsResponses" not in read.data
    assert first.data["attendees"][0]["bookingFieldsResponses"] == {"guests": [], "name": "Ada"}


async def test_the_same_person_twice_and_one_too_many_fail_in_different_shapes(seated: Client) -> None:
    await seated.book("SEATED", who=ADA)
    twice = await seated.book("SEATED", who=ADA)
    await seated.book("SEATED", who=BOB)

    full = await seated.book("SEATED", who=EVE)

    assert twice.body == {"statusCode": 409, "message": "already_signed_up_for_this_booking_error"}
    assert (full.status, full.body["error"]["code"], full.message) == (
        409,
        "ConflictException",
        "No more seats left at this seated booking.",
    )


async def test_a_seat_moves_alone_and_the_rest_stays(seated: Client) -> None:
    first = await seated.book("SEATED", who=ADA)
    second = await seated.book("SEATED", who=BOB)
    body = {"start": TUESDAY_15, "seatUid": second.data["seatUid"]}

    moved = await seated.post(f"/v2/bookings/{first.data['uid']}/reschedule", body)
    left = await seated.get(f"/v2/bookings/{first.data['uid']}")

    assert moved.data["uid"] != first.data["uid"]
    assert [a["name"] for a in moved.data["attendees"]] == ["Bob"]
    assert moved.data["seatUid"] == moved.data["attendees"][0]["seatUid"]
    assert (left.data["status"], [a["name"] for a in left.data["attendees"]]) == ("accepted", ["Ada"])


async def test_the_last_seat_takes_the_booking_with_it(seated: Client) -> None:
    made = await seated.book("SEATED", who=ADA)
    path = f"/v2/bookings/{made.data['uid']}/cancel"

    unknown = await seated.post(path, {"seatUid": "00000000-0000-4000-8000-000000000000"})
    nameless = await seated.post(path, {})
    gone = await seated.post(path, {"seatUid": made.data["seatUid"]})

    assert unknown.message == "Invalid seatUid: this seat does not exist or has already been cancelled."
    assert nameless.body == {"statusCode": 401, "message": "User not a host of this event"}
    assert (gone.data["status"], gone.data["attendees"]) == ("cancelled", [])


async def test_a_partly_filled_slot_stays_on_offer_with_its_counts(seated: Client) -> None:
    made = await seated.book("SEATED", who=ADA)
    query = f"/v2/slots?eventTypeId={seated.id_of('SEATED')}&start=2025-10-07&end=2025-10-07"

    partly = await seated.get(query, V_SLOTS)
    await seated.book("SEATED", who=BOB)
    full = await seated.get(f"{query}&timeZone=UTC", V_SLOTS)

    counts = {"seatsBooked": 1, "seatsRemaining": 1, "seatsTotal": 2, "bookingUid": made.data["uid"]}
    assert {"start": made.data["start"]} | counts in partly.data["2025-10-07"]
    assert made.data["start"] not in [slot["start"] for slot in full.data["2025-10-07"]]


async def test_attendees_are_hidden_from_strangers_where_the_type_says_so(client: Client) -> None:
    client.load(world(personal("SEATED", seats={"seatsPerTimeSlot": 2, "showAttendeeInfo": False})))
    made = await client.book("SEATED", who=ADA)
    path = f"/v2/bookings/{made.data['uid']}"

    stranger, host = await client.get(path), await client.get(path, user="HOST")

    assert stranger.data["attendees"] == []
    assert [a["name"] for a in host.data["attendees"]] == ["Ada"]
