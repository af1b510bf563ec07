"""Who may book: blocked addresses, and addresses that must be verified by the code from a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, attendee, personal, team, world

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client

ADA = "ada@example.com"
OTHERS = "host2@example.com"
VERIFIED = personal("VERIFIED", requiresBookerEmailVerification=True)


@pytest.mark.parametrize("email", [ADA, "ADA@Example.com", "ada+later@example.com"])
async def test_a_blocked_address_books_nothing_in_whatever_spelling(client: Client, email: str) -> None:
    client.load(world(personal("PLAIN"), blockedEmails=["Ada@example.com"]))
    before = client.fake.snapshot()["bookings"]

    reply = await client.book("PLAIN", who=attendee(email=email))

    refusal = {"statusCode": 403, "message": "Cannot use this email to create the booking."}
    assert (reply.status, reply.body) == (403, refusal)
    assert client.fake.snapshot()["bookings"] == before
    assert (await client.book("PLAIN", who=attendee(email="eda@example.com"))).status == 201


async def test_a_blocked_address_of_a_user_is_theirs_alone(client: Client) -> None:
    client.load(world(personal("PLAIN"), blockedEmails=[OTHERS]))
    body = {"start": TUESDAY_14, "eventTypeId": client.id_of("PLAIN"), "attendee": attendee(email=OTHERS)}

    others = [await client.post("/v2/bookings", body), await client.post("/v2/bookings", body, user="HOST")]
    own = await client.post("/v2/bookings", body, user="HOST2")

    assert [reply.status for reply in (*others, own)] == [403, 403, 201]
    assert {reply.message for reply in others} == {
        f"Attendee email has been blocked. Make sure to login as {OTHERS} to use this email for creating a booking."
    }


async def test_a_block_comes_after_the_body_and_before_the_lookup(client: Client) -> None:
    client.load(world(team("TURNS", "ROUND_ROBIN")))
    first = await client.book("TURNS")
    state = client.fake.snapshot() | {"blocked_emails": [ADA]}
    client.fake.restore(state)

    repeat = await client.book("TURNS")
    wrong = await client.book("TURNS", metadata={"n": 1})
    move = await client.post(f"/v2/bookings/{first.data['uid']}/reschedule", {"start": TUESDAY_15})

    assert (first.status, repeat.status, wrong.status, move.status) == (201, 403, 400, 403)


async def test_an_address_that_must_be_verified_needs_the_code_from_its_mail(client: Client) -> None:
    client.load(world(VERIFIED))
    code = client.fake.verification_code(ADA)

    without = await client.book("VERIFIED")
    wrong = await client.book("VERIFIED", emailVerificationCode=f"{(int(code) + 1) % 10**6:06d}")
    others = await client.book("VERIFIED", who=attendee(email="eve@example.com"), emailVerificationCode=code)
    right = await client.book("VERIFIED", emailVerificationCode=code)

    assert (without.status, without.body) == (400, {"statusCode": 400, "message": "email_verification_required"})
    assert (wrong.status, wrong.body) == (400, {"statusCode": 400, "message": "invalid_verification_code"})
    assert (others.status, right.status) == (400, 201)


async def test_a_code_grows_old_with_the_clock_and_a_move_needs_one_too(client: Client) -> None:
    client.load(world(VERIFIED))
    code = client.fake.verification_code(ADA)
    uid = (await client.book("VERIFIED", emailVerificationCode=code)).data["uid"]
    path = f"/v2/bookings/{uid}/reschedule"

    await client.call("POST", "/__fake__/clock/advance", {"seconds": 30 * 60})
    old = await client.post(path, {"start": TUESDAY_15, "emailVerificationCode": code})
    told = (await client.get(f"/__fake__/verification-code?email={ADA}")).body["data"]
    new = await client.post(path, {"start": TUESDAY_15, "emailVerificationCode": told["code"]})

    assert (old.message, told["email"], new.status) == ("invalid_verification_code", ADA, 201)


async def test_the_limit_of_active_bookings_comes_before_the_code(client: Client) -> None:
    limited = VERIFIED | {"bookerActiveBookingsLimit": {"maximumActiveBookings": 1}}
    client.load(world(limited))
    code = client.fake.verification_code(ADA)
    assert (await client.book("VERIFIED", emailVerificationCode=code)).status == 201

    assert (await client.book("VERIFIED", TUESDAY_15)).status == 500


@pytest.mark.parametrize(
    ("email", "status"),
    [("ada@gmail.com", "pending"), ("ada@Web.DE", "pending"), ("ada@clinic.example.com", "accepted")],
)
async def test_a_host_who_is_asked_about_free_mail_alone(client: Client, email: str, status: str) -> None:
    asks = personal("ASKS", requiresConfirmationForFreeEmail=True, confirmationPolicy={"type": "always"})
    client.load(world(asks, freeEmailDomains=["web.de"]))
    client.fake.restore(client.fake.snapshot())

    made = await client.book("ASKS", who=attendee(email=email))

    assert made.data["status"] == status
    assert list(client.fake.fired) == ["BOOKING_REQUESTED" if status == "pending" else "BOOKING_CREATED"]


async def test_asking_for_nobodys_code_is_a_clear_error(client: Client) -> None:
    client.load(world(VERIFIED))

    reply = await client.get("/__fake__/verification-code")

    assert (reply.status, reply.body) == (400, {"error": {"message": "expected an e-mail address", "where": "email"}})
