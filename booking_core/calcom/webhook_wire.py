"""Cal.com's webhook bodies, read into commands. Pure.

Shape: `{triggerEvent, createdAt, payload}`; the payload of a booking event is a calendar event with `uid`, `bookingId`,
`startTime`, `endTime`, `status` (upper case), `attendees`, `metadata`, and after a move `rescheduleUid`, the old uid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from booking_core.calcom.wire import WireError, read_payload_booking
from booking_core.domain.commands import ReceiveWebhook

# Those that tell of a booking's life; every other trigger (forms, recordings, the ping test) is none of the core's.
BOOKING_TRIGGERS = frozenset(
    {
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_PAID",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REJECTED",
    }
)


def read_webhook(raw: bytes, body: Mapping[str, Any]) -> ReceiveWebhook | None:
    """The command, or None for a trigger that tells nothing of a booking; WireError when it is misshapen.

    Cal.com sends no id of a delivery, so the digest of the raw bytes is what makes two deliveries the same event.
    """
    trigger = body.get("triggerEvent")
    if not isinstance(trigger, str):
        raise WireError("triggerEvent is not a text")
    if trigger not in BOOKING_TRIGGERS:
        return None
    payload = body.get("payload")
    if not isinstance(payload, dict):
        raise WireError("payload is not an object")
    previous_uid = payload.get("rescheduleUid")
    return ReceiveWebhook(
        trigger=trigger,
        dedup_key=hashlib.sha256(raw).hexdigest(),
        booking=read_payload_booking(payload),
        body=dict(body),
        previous_uid=previous_uid if isinstance(previous_uid, str) and previous_uid else None,
    )
