"""The existing-booking lookup, told as a table: what is compared, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, attendee, personal, team, world

if TYPE_CHECKING:
    from fake_calcom import FakeCalcom
    from tests.fake_calcom.client import Client

PHONE, OTHER_PHONE = "+358401111111", "+358402222222"
SAME, NEW, REFUSED = "the first booking", "a new booking", "a refusal"


@pytest.fixture
def turns(client: Client) -> Client:
    return client.load(world(team("TURNS", "ROUND_ROBIN")))


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        pytest.param({}, {"name": "Bob"}, SAME, id="another name"),
        pytest.param({}, {"timeZone": "UTC", "language": "en"}, SAME, id="another zone and language"),
        pytest.param({}, {"email": "Ada@example.com"}, NEW, id="another letter case of the e-mail"),
        pytest.param({}, {"email": "bob@example.com"}, NEW, id="another e-mail"),
        pytest.param({"phoneNumber": PHONE}, {"phoneNumber": PHONE}, SAME, id="the same phone"),
        pytest.param({"phoneNumber": PHONE}, {"phoneNumber": OTHER_PHONE}, NEW, id="another phone"),
        pytest.param({"phoneNumber": PHONE}, {}, SAME, id="a phone at first only"),
        pytest.param({}, {"phoneNumber": PHONE}, NEW, id="a phone the second time only"),
        pytest.param(
            {"phoneNumber": PHONE, "email": None}, {"phoneNumber": PHONE, "email": None}, SAME, id="a phone alone"
        ),
    ],
)
async def test_a_repeat_on_a_round_robin_type_compares_email_and_phone_only(
    turns: Client, first: dict[str, Any], second: dict[str, Any], outcome: str
) -> None:
    made = await turns.book("TURNS", who=attendee() | first)

    again = await turns.book("TURNS", who=attendee() | second)

    assert (made.status, again.status) == (201, 201)
    assert (again.data["uid"] == made.data["uid"]) == (outcome == SAME)


async def test_a_hit_returns_the_first_booking_whole_and_drops_the_second_request(turns: Client) -> None:
    made = await turns.book("TURNS", metadata={"call_id": "1"})

    again = await turns.book("TURNS", who=attendee("Bob"), metadata={"call_id": "2"}, guests=["eve@example.com"])

    assert again.data == made.data


async def test_a_hit_announces_nothing(turns: Client, fake: FakeCalcom) -> None:
    await turns.book("TURNS")
    before = (list(fake.fired), list(fake.emails))

    await turns.book("TURNS")

    assert (list(fake.fired), list(fake.emails)) == before


async def test_there_is_no_window_of_time(turns: Client) -> None:
    made = await turns.book("TURNS", "2025-10-31T12:00:00Z")

    await turns.post("/__fake__/clock/advance", {"seconds": 25 * 24 * 3600})
    again = await turns.book("TURNS", "2025-10-31T12:00:00Z")

    assert again.data["uid"] == made.data["uid"]


async def test_the_lookup_comes_before_notice_and_past(turns: Client) -> None:
    made = await turns.book("TURNS")

    await turns.call("PUT", "/__fake__/clock", {"now": TUESDAY_15})
    again = await turns.book("TURNS")
    other = await turns.book("TURNS", who=attendee(email="bob@example.com"))

    assert again.data["uid"] == made.data["uid"]
    assert (other.status, other.message) == (400, "Attempting to book a meeting in the past.")


async def test_a_guest_of_the_first_booking_gets_that_booking(turns: Client) -> None:
    made = await turns.book("TURNS", guests=["guest@example.com"])

    again = await turns.book("TURNS", who=attendee("Guest", "guest@example.com"))

    assert again.data["uid"] == made.data["uid"]


async def test_an_offset_names_the_same_start(turns: Client) -> None:
    made = await turns.book("TURNS", "2025-10-07T12:00:00Z")

    again = await turns.book("TURNS", "2025-10-07T15:00:00+03:00")

    assert again.data["uid"] == made.data["uid"]


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
async def test_a_booking_that_went_away_is_not_found_again(turns: Client, action: str) -> None:
    made = await turns.book("TURNS")
    body = {"start": TUESDAY_15} if action == "reschedule" else {}

    await turns.post(f"/v2/bookings/{made.data['uid']}/{action}", body)
    again = await turns.book("TURNS")

    assert again.status == 201
    assert again.data["uid"] != made.data["uid"]


async def test_with_every_host_taken_a_newcomer_is_refused_and_the_repeat_is_not(turns: Client) -> None:
    made = await turns.book("TURNS")
    await turns.book("TURNS", who=attendee(email="bob@example.com"))

    third = await turns.book("TURNS", who=attendee(email="eve@example.com"))
    again = await turns.book("TURNS")

    assert (third.status, third.message) == (
        400,
        "One of the hosts either already has booking at this time or is not available",
    )
    assert again.data["uid"] == made.data["uid"]


async def test_a_plain_type_refuses_an_identical_repeat(client: Client) -> None:
    client.load(world(personal("PLAIN")))
    await client.book("PLAIN")

    again = await client.book("PLAIN")

    assert again.status == 400
    assert again.message == "User either already has booking at this time or is not available"


CONFIRMED: dict[str, Any] = {"confirmationPolicy": {"type": "always"}}


async def test_a_pending_booking_is_found_and_a_second_person_may_be_pending_too(client: Client) -> None:
    client.load(world(personal("ASK", **CONFIRMED)))
    made = await client.book("ASK")

    again = await client.book("ASK", who=attendee("Bob"))
    other = await client.book("ASK", who=attendee("Eve", "eve@example.com"))

    assert made.data["status"] == "pending"
    assert again.data["uid"] == made.data["uid"]
    assert other.status == 201
    assert other.data["uid"] != made.data["uid"]


async def test_a_declined_booking_is_not_found_again(client: Client) -> None:
    client.load(world(personal("ASK", **CONFIRMED)))
    made = await client.book("ASK")
    await client.post(f"/v2/bookings/{made.data['uid']}/decline", {"reason": "no"}, user="HOST")

    again = await client.book("ASK")

    assert again.data["uid"] != made.data["uid"]


async def test_an_unpaid_booking_of_a_paid_type_is_found(client: Client, fake: FakeCalcom) -> None:
    client.load(world(personal("PAID", price=5000)))
    made = await client.book("PAID")

    again = await client.book("PAID")

    assert made.data["status"] == "pending"
    assert again.data["uid"] == made.data["uid"]
    assert (list(fake.fired), list(fake.emails)) == (["BOOKING_PAYMENT_INITIATED"], [])


async def test_a_confirmed_round_robin_booking_is_not_found_by_a_request_that_would_be_pending(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN", **CONFIRMED)))
    made = await client.book("TURNS")
    await client.post(f"/v2/bookings/{made.data['uid']}/confirm", user="HOST")

    again = await client.book("TURNS")

    assert again.status == 201
    assert again.data["uid"] != made.data["uid"]
    assert again.data["hosts"][0]["id"] != made.data["hosts"][0]["id"]


@pytest.mark.parametrize(
    ("generation", "round_robin", "pending"),
    [
        ("2024-02", REFUSED, REFUSED),
        ("2025-05-01", REFUSED, SAME),
        ("2025-05-22", SAME, SAME),
        ("2025-10-04", SAME, SAME),
        ("window:2100", SAME, SAME),
    ],
)
async def test_each_generation_answers_a_repeat_in_its_own_way(
    client: Client, generation: str, round_robin: str, pending: str
) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN", ("HOST",)), personal("ASK", **CONFIRMED)))
    await client.call("PUT", "/__fake__/generation", {"generation": generation})
    starts = {"TURNS": TUESDAY_14, "ASK": TUESDAY_15}
    made = {kind: (await client.book(kind, start)).data["uid"] for kind, start in starts.items()}

    again = {kind: await client.book(kind, start) for kind, start in starts.items()}

    seen = {kind: REFUSED if r.status != 201 else SAME for kind, r in again.items()}
    assert seen == {"TURNS": round_robin, "ASK": pending}
    assert all(r.status != 201 or r.data["uid"] == made[kind] for kind, r in again.items())


async def test_the_hypothetical_window_closes(client: Client) -> None:
    client.load(world(personal("PLAIN")))
    await client.call("PUT", "/__fake__/generation", {"generation": "window:60"})
    made = await client.book("PLAIN")
    await client.post("/__fake__/clock/advance", {"seconds": 60})
    inside = await client.book("PLAIN")
    await client.post("/__fake__/clock/advance", {"seconds": 1})

    outside = await client.book("PLAIN")

    assert inside.data["uid"] == made.data["uid"]
    assert outside.status == 400
