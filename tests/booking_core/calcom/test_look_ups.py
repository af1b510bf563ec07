"""Look-ups are asked again when nothing came, and never answer with a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking_core.ports.calcom import CalcomUnavailableError, Refused
from tests.booking_core.calcom import scripted
from tests.booking_core.calcom.scripted import START, Reaction, Rig, answers, booking_json, lists, says

DOWN = answers(503, {"statusCode": 503, "message": "down"})


async def test_a_look_up_survives_two_stumbles(rig: Rig) -> None:
    rig.calcom.reactions = [DOWN, scripted.hangs_up, answers(200, {"data": booking_json()})]

    booking = await rig.client.get_booking("uid1")

    assert booking is not None
    assert len(rig.calcom.heard) == 3


@pytest.mark.parametrize(
    "reaction", [DOWN, scripted.hangs_up, says(b"[]", 200), answers(401, {}), answers(302, {}), says(b"{", 200)]
)
async def test_a_look_up_without_an_answer_says_so(rig: Rig, reaction: Reaction) -> None:
    rig.calcom.reactions = [reaction]

    with pytest.raises(CalcomUnavailableError):
        await rig.client.find_bookings("ada@example.com", START)


async def test_a_look_up_that_is_met_with_silence_says_so(impatient_rig: Rig) -> None:
    impatient_rig.calcom.reactions = [scripted.stays_silent]

    with pytest.raises(CalcomUnavailableError):
        await impatient_rig.client.find_bookings("ada@example.com", START)


async def test_an_unknown_booking_is_none(rig: Rig) -> None:
    rig.calcom.reactions = [answers(404, {"status": "error", "error": {"message": "not found"}})]

    assert await rig.client.get_booking("uid/../1") is None


async def test_a_plus_address_reaches_cal_com_unchanged(rig: Rig) -> None:
    rig.calcom.reactions = [lists(booking_json(), booking_json(uid="later", start="2025-10-10T07:00:00Z"))]

    found = await rig.client.find_bookings("termin+call_1@example.com", START)

    assert [booking.uid for booking in found] == ["uid1"]
    assert rig.calcom.heard[0].query["attendeeEmail"] == "termin+call_1@example.com"


async def test_bookings_of_one_start_are_found_over_pages(rig: Rig) -> None:
    rig.calcom.reactions = [
        lists(booking_json(uid="a"), more=True),
        lists(booking_json(uid="b"), booking_json(uid="z", start="2025-10-11T06:00:00Z"), more=True),
    ]

    found = await rig.client.find_bookings("termin@example.com", START)

    assert [booking.uid for booking in found] == ["a", "b"]
    assert len(rig.calcom.heard) == 2


async def test_a_list_reads_every_page_and_counts_a_shifted_row_once(rig: Rig) -> None:
    rig.calcom.reactions = [
        lists(booking_json(uid="a"), booking_json(uid="b"), more=True),
        lists(booking_json(uid="b"), booking_json(uid="c")),
    ]

    listed = await rig.client.list_bookings(START, START + timedelta(days=1))

    assert [booking.uid for booking in listed] == ["a", "b", "c"]
    assert [heard.query["skip"] for heard in rig.calcom.heard] == ["0", "250"]


async def test_an_empty_page_ends_a_list_that_claims_more(rig: Rig) -> None:
    rig.calcom.reactions = [lists(more=True)]

    assert await rig.client.list_bookings(START, START + timedelta(days=1)) == []


async def test_a_short_rate_limit_is_waited_for_and_a_long_one_is_not(rig: Rig) -> None:
    rig.calcom.reactions = [answers(429, {}, {"Retry-After": "60"})]

    with pytest.raises(CalcomUnavailableError, match="rate limit"):
        await rig.client.get_booking("uid1")

    assert len(rig.calcom.heard) == 1


async def test_cancelling_twice_says_that_it_is_over(rig: Rig) -> None:
    already = "Can't cancel booking with uid=uid1 because it has been cancelled already. Please provide …"
    rig.calcom.reactions = [answers(400, {"status": "error", "error": {"message": already}})]

    refusal = await rig.client.cancel_booking("uid1", "caller")

    assert refusal is not None
    assert refusal.is_over


async def test_a_cancellation_that_is_refused_says_why(rig: Rig) -> None:
    rig.calcom.reactions = [
        answers(400, {"statusCode": 400, "message": "This event type does not allow cancellations"})
    ]

    refusal = await rig.client.cancel_booking("uid1", "caller")

    assert refusal == Refused(400, "This event type does not allow cancellations")
    assert not refusal.is_over


def slots(*starts: str) -> Reaction:
    return answers(200, {"status": "success", "data": {"2025-10-10": [{"start": start} for start in starts]}})


async def test_free_starts_are_cut_to_the_window_and_cached_until_a_booking(rig: Rig) -> None:
    rig.calcom.reactions = [slots("2025-10-10T07:00:00.000Z", "2025-10-10T06:00:00.000Z", "2025-10-10T09:00:00+02:00")]
    window = START, START + timedelta(minutes=30)

    first = await rig.client.free_starts(77, *window)
    again = await rig.client.free_starts(77, *window)
    rig.client.forget_free_starts(77)
    rig.clock.seconds += 3.0
    await rig.client.free_starts(77, *window)

    assert list(first) == list(again) == [START]
    assert len(rig.calcom.heard) == 2
    assert rig.calcom.heard[0].headers["cal-api-version"] == "2024-09-04"


async def test_a_list_asked_for_within_two_seconds_of_a_booking_is_not_kept(rig: Rig) -> None:
    rig.calcom.reactions = [slots("2025-10-10T06:00:00.000Z"), slots()]
    window = START, START + timedelta(hours=1)
    rig.client.forget_free_starts(77)
    rig.clock.seconds += 1.0

    stale = await rig.client.free_starts(77, *window)
    fresh = await rig.client.free_starts(77, *window)

    assert list(stale) == [START]
    assert list(fresh) == []


async def test_cached_starts_grow_old(rig: Rig) -> None:
    rig.calcom.reactions = [slots()]
    window = START, datetime(2025, 10, 11, tzinfo=UTC)

    await rig.client.free_starts(77, *window)
    rig.clock.seconds += 31.0
    await rig.client.free_starts(77, *window)

    assert len(rig.calcom.heard) == 2
