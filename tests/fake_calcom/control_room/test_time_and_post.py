"""The clock's verbs fire what is due, in order; webhooks suffer on that clock what the plan says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fake_calcom import FakeCalcom
from fake_calcom.time_travel import ForeignClockError
from tests.fake_calcom.worlds import TUESDAY_14, V_SLOTS

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client
    from tests.fake_calcom.conftest import Mailbox

TRIGGERS = ["BOOKING_CREATED", "BOOKING_CANCELLED"]


async def subscribed(room: Client) -> Client:
    body = {"active": True, "subscriberUrl": "https://clinic.example/hook", "triggers": TRIGGERS}
    await room.post("/v2/webhooks", body, user="HOST")
    return room


async def book_and_cancel(room: Client) -> None:
    booked = await room.book("PLAIN")
    await room.fake.settle()
    await room.post(f"/v2/bookings/{booked.data['uid']}/cancel", {})
    await room.fake.settle()


def heard(mailbox: Mailbox) -> list[str]:
    return [json.loads(request.body)["triggerEvent"] for request in mailbox.received]


async def reserve(room: Client) -> str:
    body = {"eventTypeId": room.id_of("PLAIN"), "slotStart": TUESDAY_14}
    answer = await room.post("/v2/slots/reservations", body, headers=V_SLOTS)
    uid: str = answer.data["reservationUid"]
    return uid


async def test_time_that_passes_fires_what_is_due_in_order(room: Client) -> None:
    uid = await reserve(room)

    fired = await room.fake.time.run_for(600)

    assert [due.kind for due in fired] == ["rate_window_ended", "reservation_expired"]
    assert fired[-1].what == uid
    assert [due.at_ms for due in fired] == sorted(due.at_ms for due in fired)
    assert room.fake.universe.directory.reservations == {}


async def test_nothing_fires_before_its_time(room: Client) -> None:
    await reserve(room)

    fired = await room.fake.time.run_for(59)

    assert fired == []


async def test_running_until_idle_stops_at_the_last_thing_due(room: Client) -> None:
    await reserve(room)
    before = room.fake.clock.now()

    await room.fake.time.run_until_idle()

    assert room.fake.clock.now() - before == timedelta(minutes=5)


async def test_pausing_at_an_instant_freezes_a_ticking_clock_there(room: Client) -> None:
    room.fake.time.resume()
    there = datetime(2025, 10, 6, 12, tzinfo=UTC)

    await room.fake.time.pause_at(there)

    assert room.fake.clock.now() == there
    with pytest.raises(ValueError, match="advances by 0 or more"):
        await room.fake.time.pause_at(there - timedelta(seconds=1))


async def test_a_clock_that_was_given_is_not_the_fakes_to_move() -> None:
    class Hand:
        def now(self) -> datetime:
            return datetime(2025, 10, 6, tzinfo=UTC)

    with pytest.raises(ForeignClockError):
        await FakeCalcom(clock=Hand()).time.run_for(1)


async def test_a_delayed_webhook_leaves_when_the_fakes_clock_says_so(room: Client, mailbox: Mailbox) -> None:
    await subscribed(room)
    room.fake.faults.add(trigger="BOOKING_CREATED", effect={"kind": "delay", "seconds": 90})
    await room.book("PLAIN")
    await room.fake.settle()

    early = await room.fake.time.run_for(89)
    late = await room.fake.time.fast_forward(1)

    assert "webhook_delivered" not in [due.kind for due in early]
    assert [due.kind for due in late] == ["webhook_delivered"]
    assert heard(mailbox) == ["BOOKING_CREATED"]


@pytest.mark.parametrize(
    ("effect", "received"),
    [
        ("drop_before", ["BOOKING_CANCELLED"]),
        ("duplicate", ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED"]),
        ("reorder", ["BOOKING_CANCELLED", "BOOKING_CREATED"]),
        ("hold", ["BOOKING_CANCELLED"]),
        ("drop_after", ["BOOKING_CREATED", "BOOKING_CANCELLED"]),
    ],
)
async def test_mischief_with_webhooks(room: Client, mailbox: Mailbox, effect: str, received: list[str]) -> None:
    await subscribed(room)
    room.fake.faults.add(trigger="BOOKING_CREATED", phase="webhook", effect=effect)

    await book_and_cancel(room)

    assert heard(mailbox) == received


async def test_held_webhooks_are_flushed_backwards_and_sent_again_byte_for_byte(room: Client, mailbox: Mailbox) -> None:
    await subscribed(room)
    room.fake.faults.add(phase="webhook", effect="hold")
    await book_and_cancel(room)

    flushed = await room.post("/__fake__/webhook-deliveries/flush", {"order": "backwards"})
    room.fake.faults.clear()
    again = await room.post("/__fake__/webhook-deliveries/redeliver", {"number": 1})
    unknown = await room.post("/__fake__/webhook-deliveries/redeliver", {"number": 99})

    assert [d["trigger"] for d in flushed.body["data"]] == TRIGGERS[::-1]
    assert heard(mailbox) == ["BOOKING_CANCELLED", "BOOKING_CREATED", "BOOKING_CREATED"]
    assert mailbox.received[1] == mailbox.received[2]
    assert (again.body["data"]["number"], again.body["data"]["status"]) == (3, 200)
    assert (unknown.status, unknown.body["error"]["where"]) == (400, "number")


async def test_the_control_door_moves_the_clock_and_tells_what_fired(room: Client) -> None:
    await reserve(room)

    moved = await room.post("/__fake__/clock/run-for", {"seconds": 300})
    paused = await room.post("/__fake__/clock/pause-at", {"now": "2025-10-07T00:00:00Z"})
    idle = await room.post("/__fake__/clock/run-until-idle")
    ticking = await room.post("/__fake__/clock/resume")

    assert [due["kind"] for due in moved.body["data"]["fired"]] == ["rate_window_ended", "reservation_expired"]
    assert paused.body["data"]["now"] == idle.body["data"]["now"] == "2025-10-07T00:00:00.000Z"
    assert ticking.body["data"]["mode"] == "ticking"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("run-for", {"seconds": -1}),
        ("run-for", {"seconds": "soon"}),
        ("fast-forward", {"seconds": 1e15}),
        ("pause-at", {"now": "2020-01-01T00:00:00Z"}),
        ("pause-at", {}),
    ],
)
async def test_an_impossible_move_is_refused_and_time_stays(room: Client, verb: str, body: dict[str, Any]) -> None:
    before = room.fake.clock.now()

    answer = await room.post(f"/__fake__/clock/{verb}", body)

    assert answer.status == 400
    assert room.fake.clock.now() == before
