"""GET /v2/slots, reservations, and the older shapes of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, V_SLOTS, attendee, personal, team, world

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client, Reply

DAY = "2025-10-07"
HOURS_UTC = [f"{DAY}T{hour:02d}:00:00.000Z" for hour in range(7, 15)]


@pytest.fixture
def offered(client: Client) -> Client:
    return client.load(
        world(personal("PLAIN"), personal("VARIABLE", lengthInMinutesOptions=[30, 60]), team("TURNS", "ROUND_ROBIN"))
    )


async def slots(client: Client, event_type: str = "PLAIN", **query: Any) -> Reply:
    asked = {"eventTypeId": client.id_of(event_type), "start": DAY, "end": DAY} | query
    text = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
    return await client.get(f"/v2/slots?{text}", V_SLOTS)


async def reserve(client: Client, start: str = TUESDAY_14, user: str = "", **more: Any) -> Reply:
    body = {"eventTypeId": client.id_of("PLAIN"), "slotStart": start} | more
    return await client.post("/v2/slots/reservations", body, V_SLOTS, user)


def starts(reply: Reply) -> list[str]:
    return [slot["start"] for slot in reply.data.get(DAY, [])]


async def test_a_day_of_working_hours_is_eight_slots(offered: Client) -> None:
    assert (await slots(offered)).data == {DAY: [{"start": start} for start in HOURS_UTC]}


async def test_a_zone_changes_texts_and_dates_but_no_slot(offered: Client) -> None:
    reply = await slots(offered, timeZone="Pacific/Auckland", start=DAY, end=f"{DAY}T12:00:00Z", format="range")

    assert reply.data["2025-10-07"][0] == {
        "start": "2025-10-07T20:00:00.000+13:00",
        "end": "2025-10-07T21:00:00.000+13:00",
    }
    assert list(reply.data) == ["2025-10-07", "2025-10-08"]


async def test_the_first_slot_of_today_respects_the_notice_and_the_grid(offered: Client) -> None:
    await offered.call("PUT", "/__fake__/clock", {"now": f"{DAY}T08:20:00Z"})

    assert starts(await slots(offered))[0] == f"{DAY}T11:00:00.000Z"


async def test_a_weekend_is_no_day_at_all(offered: Client) -> None:
    assert (await slots(offered, start="2025-10-11", end="2025-10-12")).data == {}


async def test_a_booked_slot_is_still_offered_for_two_seconds(offered: Client) -> None:
    await slots(offered)
    await offered.book("PLAIN")

    at_once = await slots(offered)
    await offered.post("/__fake__/clock/advance", {"seconds": 2})
    later = await slots(offered)

    assert TUESDAY_14 in starts(at_once)
    assert TUESDAY_14 not in starts(later)


async def test_a_cancelled_slot_is_offered_at_once(offered: Client) -> None:
    made = await offered.book("PLAIN")
    before = await slots(offered)

    await offered.post(f"/v2/bookings/{made.data['uid']}/cancel")

    assert TUESDAY_14 not in starts(before)
    assert TUESDAY_14 in starts(await slots(offered))


async def test_a_round_robin_slot_goes_when_the_last_host_is_taken(offered: Client) -> None:
    await offered.book("TURNS")
    one_left = await slots(offered, "TURNS")
    await offered.book("TURNS", who=attendee(email="bob@example.com"))
    none_left = await slots(offered, "TURNS", timeZone="UTC")

    assert (TUESDAY_14 in starts(one_left), TUESDAY_14 in starts(none_left)) == (True, False)


async def test_what_is_moved_is_not_in_its_own_way(offered: Client) -> None:
    made = await offered.book("PLAIN")

    assert TUESDAY_14 in starts(await slots(offered, bookingUidToReschedule=made.data["uid"]))


async def test_every_slot_offered_can_be_booked(offered: Client) -> None:
    replies = [await offered.book("PLAIN", start) for start in starts(await slots(offered))]

    assert [reply.status for reply in replies] == [201] * 8


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"eventTypeId": 99999999}, 404, "Event Type not found"),
        ({"eventTypeId": None, "eventTypeSlug": "x", "username": "nobody"}, 404, "User with username nobody not found"),
        ({"eventTypeId": None, "eventTypeSlug": "x", "teamSlug": "none"}, 404, "Team with slug none not found"),
        ({"start": None}, 400, "start must be a valid ISO 8601 date string"),
        ({"foo": 1}, 400, "property foo should not exist"),
        ({"format": "nope"}, 400, "slotFormat must be either 'range' or 'time'"),
        ({"end": "2025-10-01"}, 400, "Invalid time range given - check the 'start' and 'end' query parameters."),
    ],
)
async def test_a_wrong_query_is_refused(offered: Client, query: dict[str, Any], status: int, message: str) -> None:
    reply = await slots(offered, **query)

    assert reply.status == status
    assert message in reply.message


async def test_a_reservation_hides_the_slot_until_it_runs_out_and_protects_nothing(offered: Client) -> None:
    made = await reserve(offered)
    hidden = await slots(offered)
    await offered.post("/__fake__/clock/advance", {"seconds": 5 * 60})
    back = await slots(offered)
    await reserve(offered)
    booked = await offered.book("PLAIN")

    assert made.status == 201
    assert (made.data["slotDuration"], made.data["reservationDuration"]) == (60, 5)
    assert made.data["reservationUntil"] == "2025-10-06T08:05:00.000Z"
    assert (TUESDAY_14 in starts(hidden), TUESDAY_14 in starts(back)) == (False, True)
    assert booked.status == 201


@pytest.mark.parametrize(
    ("start", "status"),
    [("2025-10-07T11:00:00Z", 201), ("2025-10-07T11:30:00Z", 422), ("2025-10-07T13:00:00Z", 201)],
)
async def test_reservations_may_touch_and_not_overlap(offered: Client, start: str, status: int) -> None:
    await reserve(offered)

    assert (await reserve(offered, start)).status == status


async def test_a_booked_slot_cannot_be_reserved(offered: Client) -> None:
    await offered.book("PLAIN")

    reply = await reserve(offered)

    assert (reply.status, reply.message) == (422, "Can't reserve a slot if the event is already booked.")


@pytest.mark.parametrize(("generation", "left", "beside"), [("2025-05-22", 422, 201), ("2025-10-04", 201, 422)])
async def test_until_may_2025_a_time_that_was_left_was_refused_and_one_that_overlaps_was_not(
    offered: Client, generation: str, left: int, beside: int
) -> None:
    await offered.call("PUT", "/__fake__/generation", {"generation": generation})
    gone = await offered.book("PLAIN")
    await offered.post(f"/v2/bookings/{gone.data['uid']}/reschedule", {"start": TUESDAY_15})

    assert (await reserve(offered)).status == left
    assert (await reserve(offered, "2025-10-07T13:30:00Z")).status == beside  # the moved one is from 13 to 14 UTC


async def test_a_round_robin_slot_cannot_be_reserved_once_one_host_is_taken(offered: Client) -> None:
    await offered.book("TURNS")
    body = {"eventTypeId": offered.id_of("TURNS"), "slotStart": TUESDAY_14}

    reply = await offered.post("/v2/slots/reservations", body, V_SLOTS)

    assert (reply.status, reply.message) == (422, "Can't reserve a slot if the event is already booked.")


async def test_a_reservation_is_read_moved_and_released(offered: Client) -> None:
    made = await reserve(offered)
    path = f"/v2/slots/reservations/{made.data['reservationUid']}"
    target = {"eventTypeId": offered.id_of("PLAIN"), "slotStart": "2025-10-07T08:00:00Z"}

    moved = await offered.call("PATCH", path, target, V_SLOTS)
    read = await offered.get(path, V_SLOTS)
    released = [await offered.call("DELETE", path, None, V_SLOTS) for _ in range(2)]
    gone = await offered.get(path, V_SLOTS)

    assert moved.data["slotStart"] == read.data["slotStart"] == "2025-10-07T08:00:00.000Z"
    assert [(r.status, r.body) for r in released] == [(200, {"status": "success"})] * 2
    assert gone.data is None


@pytest.mark.parametrize(("user", "status"), [("", 401), ("STRANGER", 403), ("HOST", 201)])
async def test_its_length_may_be_chosen_by_those_concerned(offered: Client, user: str, status: int) -> None:
    assert (await reserve(offered, user=user, reservationDuration=10)).status == status


async def test_the_old_slots_are_grouped_under_slots_and_a_reservation_is_a_bare_uid(offered: Client) -> None:
    number = offered.id_of("PLAIN")
    span = f"startTime={DAY}T00:00:00Z&endTime={DAY}T23:59:59Z"
    old = {"cal-api-version": "2024-04-15"}

    listed = await offered.get(f"/v2/slots/available?eventTypeId={number}&{span}", old)
    body = {"eventTypeId": number, "slotUtcStartDate": TUESDAY_14, "slotUtcEndDate": "2025-10-07T13:00:00Z"}
    reserved = await offered.post("/v2/slots/reserve", body, old)
    fewer = await offered.get(f"/v2/slots/available?eventTypeId={number}&{span}&timeZone=UTC", old)
    released = await offered.call("DELETE", f"/v2/slots/selected-slot?uid={reserved.data}", None, old)

    assert listed.data["slots"][DAY] == [{"time": start} for start in HOURS_UTC]
    assert reserved.status == 201
    assert len(fewer.data["slots"][DAY]) == 7
    assert released.status == 200
