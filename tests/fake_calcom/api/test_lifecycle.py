"""Reschedule, cancel, confirm, decline, mark absent, reassign: the life of a booking after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, attendee, personal, team, world

if TYPE_CHECKING:
    from fake_calcom import FakeCalcom
    from tests.fake_calcom.client import Client

ASK: dict[str, Any] = {"confirmationPolicy": {"type": "always"}}


@pytest.fixture
def plain(client: Client) -> Client:
    return client.load(world(personal("PLAIN", lengthInMinutesOptions=[30, 60]), personal("ASK", **ASK)))


async def move(client: Client, uid: str, **body: Any) -> Any:
    return await client.post(f"/v2/bookings/{uid}/reschedule", {"start": TUESDAY_15} | body)


async def test_a_reschedule_makes_a_new_booking_and_cancels_the_old_one(plain: Client, fake: FakeCalcom) -> None:
    made = await plain.book("PLAIN", metadata={"call_id": "1"}, lengthInMinutes=30, location="https://x.example/y")

    moved = await move(plain, made.data["uid"], reschedulingReason="ill")
    old = await plain.get(f"/v2/bookings/{made.data['uid']}")

    assert moved.status == 201
    assert moved.data["rescheduledFromUid"] == made.data["uid"] != moved.data["uid"]
    assert (moved.data["duration"], moved.data["metadata"]) == (60, {"call_id": "1"})
    assert moved.data["reschedulingReason"] == "ill" == moved.data["bookingFieldsResponses"]["rescheduledReason"]
    assert moved.data["icsUid"] == made.data["icsUid"]
    assert moved.data["location"] == "https://x.example/y"
    assert (old.data["status"], old.data["rescheduledToUid"]) == ("cancelled", moved.data["uid"])
    assert list(fake.fired) == ["BOOKING_CREATED", "BOOKING_RESCHEDULED"]


async def test_a_second_reschedule_by_the_old_uid_names_the_new_one(plain: Client) -> None:
    made = await plain.book("PLAIN")
    moved = await move(plain, made.data["uid"])

    again = await move(plain, made.data["uid"])

    assert again.status == 400
    assert f"rescheduled already to booking with uid={moved.data['uid']}" in again.message


async def test_a_booking_may_move_within_its_own_time(plain: Client) -> None:
    made = await plain.book("PLAIN")

    moved = await move(plain, made.data["uid"], start="2025-10-07T12:30:00Z")

    assert moved.status == 201


async def test_a_refused_reschedule_leaves_the_booking_as_it_was(plain: Client) -> None:
    made = await plain.book("PLAIN")
    await plain.book("PLAIN", TUESDAY_15)

    refused = await move(plain, made.data["uid"])
    old = await plain.get(f"/v2/bookings/{made.data['uid']}")

    assert refused.message == "User either already has booking at this time or is not available"
    assert old.data == made.data


async def test_moving_a_round_robin_booking_onto_ones_own_other_one_returns_that_one(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN")))
    first, second = await client.book("TURNS"), await client.book("TURNS", TUESDAY_15)

    moved = await move(client, first.data["uid"])
    old = await client.get(f"/v2/bookings/{first.data['uid']}")

    assert (moved.status, moved.data["uid"]) == (201, second.data["uid"])
    assert old.data["status"] == "accepted"


@pytest.mark.parametrize(("by", "status"), [("host1@example.com", "accepted"), ("ada@example.com", "pending")])
async def test_only_the_host_moves_a_booking_without_asking_again(plain: Client, by: str, status: str) -> None:
    made = await plain.book("ASK")
    await plain.post(f"/v2/bookings/{made.data['uid']}/confirm", user="HOST")

    moved = await move(plain, made.data["uid"], rescheduledBy=by)

    assert moved.data["status"] == status


async def test_an_unknown_uid_is_an_unmapped_error_on_reschedule_only(plain: Client) -> None:
    moved = await move(plain, "nope")
    cancelled = await plain.post("/v2/bookings/nope/cancel", {})

    assert (moved.status, moved.body) == (500, {"statusCode": 500, "message": "Internal server error"})
    assert (cancelled.status, cancelled.message) == (404, "Booking with uid=nope not found")


async def test_a_cancel_frees_the_time_and_a_second_one_is_refused(plain: Client, fake: FakeCalcom) -> None:
    made = await plain.book("PLAIN")

    gone = await plain.post(f"/v2/bookings/{made.data['uid']}/cancel", {"cancellationReason": "ill"})
    twice = await plain.post(f"/v2/bookings/{made.data['uid']}/cancel")
    again = await plain.book("PLAIN")

    assert (gone.status, gone.data["status"], gone.data["cancellationReason"]) == (200, "cancelled", "ill")
    assert twice.message.endswith("has been cancelled already. Please provide uid of a booking that is not cancelled.")
    assert again.status == 201
    assert list(fake.fired) == ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_CREATED"]


async def test_a_host_must_give_a_reason(plain: Client) -> None:
    made = await plain.book("PLAIN")

    bare = await plain.post(f"/v2/bookings/{made.data['uid']}/cancel", {}, user="HOST")
    told = await plain.post(f"/v2/bookings/{made.data['uid']}/cancel", {"cancellationReason": "ill"}, user="HOST")

    assert bare.body == {"statusCode": 400, "message": "Cancellation reason is required when you are the host"}
    assert told.data["cancelledByEmail"] == "host1@example.com"


async def test_the_rest_of_a_series_is_cancelled_from_one_booking_on(client: Client) -> None:
    client.load(world(personal("SERIES", recurrence={"frequency": "daily", "interval": 1, "occurrences": 3})))
    made = await client.book("SERIES")

    gone = await client.post(f"/v2/bookings/{made.data[1]['uid']}/cancel", {"cancelSubsequentBookings": True})

    assert [booking["status"] for booking in gone.data] == ["accepted", "cancelled", "cancelled"]


async def test_confirm_and_decline_look_at_nothing_but_accepted(plain: Client, fake: FakeCalcom) -> None:
    made = await plain.book("ASK")
    path = f"/v2/bookings/{made.data['uid']}"

    declined = await plain.post(f"{path}/decline", {"reason": "no"}, user="HOST")
    confirmed = await plain.post(f"{path}/confirm", user="HOST")
    again = await plain.post(f"{path}/confirm", user="HOST")
    late = await plain.post(f"{path}/decline", user="HOST")

    assert (declined.data["status"], confirmed.data["status"]) == ("rejected", "accepted")
    assert [(r.status, r.body["error"]["code"]) for r in (again, late)] == [(400, "TRPCError")] * 2
    assert list(fake.fired) == ["BOOKING_REQUESTED", "BOOKING_REJECTED", "BOOKING_CREATED"]


async def test_two_pendings_of_one_slot_can_both_be_confirmed(plain: Client) -> None:
    made = [await plain.book("ASK", who=attendee(email=f"{n}@example.com")) for n in range(2)]

    confirmed = [await plain.post(f"/v2/bookings/{m.data['uid']}/confirm", user="HOST") for m in made]

    assert [reply.data["status"] for reply in confirmed] == ["accepted", "accepted"]


@pytest.mark.parametrize(("user", "status"), [("", 403), ("STRANGER", 401), ("HOST", 200)])
async def test_only_the_host_confirms(plain: Client, user: str, status: int) -> None:
    made = await plain.book("ASK")

    reply = await plain.post(f"/v2/bookings/{made.data['uid']}/confirm", user=user)

    assert reply.status == status


async def test_absence_is_noted_after_the_start_only(plain: Client, fake: FakeCalcom) -> None:
    made = await plain.book("PLAIN")
    path = f"/v2/bookings/{made.data['uid']}/mark-absent"

    early = await plain.post(path, {"host": True}, user="HOST")
    await plain.call("PUT", "/__fake__/clock", {"now": TUESDAY_14})
    host = await plain.post(path, {"host": True}, user="HOST")
    guest = await plain.post(path, {"attendees": [{"email": "ada@example.com", "absent": True}]}, user="HOST")
    nobody = await plain.post(path, {"host": True}, user="STRANGER")

    assert early.message.startswith("Bookings can only be marked as absent after their scheduled start time.")
    assert (host.data["absentHost"], guest.data["attendees"][0]["absent"]) == (True, True)
    assert nobody.body == {"statusCode": 500, "message": "Failed to update no-show status"}
    assert list(fake.fired)[1:] == ["BOOKING_NO_SHOW_UPDATED"]


async def test_a_reassigned_booking_keeps_its_uid_and_moves_to_the_other_host(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN"), personal("PLAIN")))
    made = await client.book("TURNS")

    moved = await client.post(f"/v2/bookings/{made.data['uid']}/reassign", user="HOST")
    read = await client.get(f"/v2/bookings/{made.data['uid']}")
    freed = await client.book("PLAIN", who=attendee(email="bob@example.com"))

    assert moved.data["reassignedTo"]["name"] == "Host 2"
    assert (read.data["hosts"][0]["name"], read.data["title"]) == ("Host 2", "Turns between Host 2 and Ada")
    assert freed.status == 201


@pytest.mark.parametrize(("generation", "again"), [("2025-05-01", 409), ("2025-05-22", 409), ("2025-10-04", 201)])
async def test_until_june_2025_a_host_who_handed_over_could_not_be_booked_for_that_time(
    client: Client, generation: str, again: int
) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN")))
    await client.call("PUT", "/__fake__/generation", {"generation": generation})
    made = await client.book("TURNS")
    await client.post(f"/v2/bookings/{made.data['uid']}/reassign", user="HOST")

    reply = await client.book("TURNS", who=attendee(email="bob@example.com"))

    assert reply.status == again
    if again == 409:
        assert reply.body == {"statusCode": 409, "message": "booking_conflict_error"}


async def test_without_another_free_host_nothing_is_reassigned(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN", ("HOST",))))
    made = await client.book("TURNS")

    reply = await client.post(f"/v2/bookings/{made.data['uid']}/reassign", user="HOST")

    assert reply.message == "Can't reassign the booking because no other host is available at that time."
