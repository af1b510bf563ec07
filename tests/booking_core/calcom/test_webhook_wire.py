"""Cal.com's webhook bodies become commands, or a WireError that says what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from booking_core.calcom.webhook_wire import read_webhook
from booking_core.calcom.wire import WireError
from booking_core.domain.commands import ReceiveWebhook

PAYLOAD: dict[str, Any] = {
    "uid": "uid1",
    "bookingId": 7,
    "status": "ACCEPTED",
    "startTime": "2025-10-10T06:00:00Z",
    "endTime": "2025-10-10T06:15:00Z",
    "eventTypeId": 77,
    "attendees": [{"name": "Ada", "email": "ada@example.com"}],
    "metadata": {"call_id": "call_1", "videoCallUrl": "https://example.com"},
}


def read(body: Any) -> ReceiveWebhook | None:
    return read_webhook(json.dumps(body).encode(), body)


def test_a_booking_event_is_read_with_its_booking() -> None:
    command = read({"triggerEvent": "BOOKING_CREATED", "payload": PAYLOAD})

    assert command is not None
    assert (command.booking.uid, command.booking.status, command.booking.retell_call_id) == (
        "uid1",
        "accepted",
        "call_1",
    )
    assert command.booking.created_at is None


def test_a_move_names_the_booking_it_replaces() -> None:
    command = read({"triggerEvent": "BOOKING_RESCHEDULED", "payload": PAYLOAD | {"rescheduleUid": "uid0"}})

    assert command is not None
    assert command.previous_uid == "uid0"


def test_the_same_bytes_are_the_same_event() -> None:
    body = {"triggerEvent": "BOOKING_CREATED", "payload": PAYLOAD}

    first, second, other = read(body), read(dict(body)), read(body | {"createdAt": "later"})

    assert first is not None
    assert second is not None
    assert other is not None
    assert first.dedup_key == second.dedup_key != other.dedup_key


@pytest.mark.parametrize("trigger", ["FORM_SUBMITTED", "BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED", "PING"])
def test_a_trigger_that_tells_nothing_of_a_booking_is_none(trigger: str) -> None:
    assert read({"triggerEvent": trigger, "payload": {"type": "Test"}}) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"triggerEvent": 5},
        {"triggerEvent": "BOOKING_CREATED"},
        {"triggerEvent": "BOOKING_CREATED", "payload": []},
        {"triggerEvent": "BOOKING_CREATED", "payload": {**PAYLOAD, "uid": ""}},
        {"triggerEvent": "BOOKING_CREATED", "payload": {**PAYLOAD, "bookingId": "7"}},
        {"triggerEvent": "BOOKING_CREATED", "payload": {**PAYLOAD, "bookingId": True}},
        {"triggerEvent": "BOOKING_CREATED", "payload": {**PAYLOAD, "startTime": "noon"}},
    ],
)
def test_a_misshapen_event_is_told(body: Any) -> None:
    with pytest.raises(WireError):
        read(body)
