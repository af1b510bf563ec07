"""Cal.com's webhooks in a load run: how many went out, arrived and were handled; and whether each was, once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WebhookCounts:
    """`sent` counts every time the bytes went out, `received` the deliveries that a gateway took.

    `events` are the different events among those received, `handled` the events that the gateways have on record as
    handled. Only the deliveries that the fake still keeps are counted, 10,000 of them.
    """

    sent: int
    received: int
    events: int
    handled: int


def count(deliveries: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> WebhookCounts:
    """Of the fake's deliveries and the gateways' `webhook_events`."""
    return WebhookCounts(
        sent=sum(delivery["attempts"] for delivery in deliveries),
        received=sum(map(_was_received, deliveries)),
        events=len(_received_events(deliveries)),
        handled=sum(row["handled_at"] is not None for row in rows),
    )


def not_handled_once(deliveries: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """An event that a gateway took is on record once, as handled, however often and to whom it was delivered."""
    on_record = Counter(row["dedup_key"] for row in rows)
    handled = {row["dedup_key"] for row in rows if row["handled_at"] is not None}
    for key, delivery in _received_events(deliveries).items():
        told = f"{delivery['trigger']} of {delivery['at']}, delivery {delivery['number']}"
        if on_record[key] > 1:
            yield f"webhook {told} is on record {on_record[key]} times"
        elif key not in handled:
            yield f"webhook {told} was received and never handled"


def is_settled(deliveries: Sequence[dict[str, Any]]) -> bool:
    """Whether nothing is under way any more."""
    return all(delivery["status"] is not None or delivery["error"] is not None for delivery in deliveries)


def _was_received(delivery: dict[str, Any]) -> bool:
    return delivery["status"] is not None and 200 <= delivery["status"] < 300


def _received_events(deliveries: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The first delivery of each event by the key that gateways keep it under: the digest of its bytes."""
    found: dict[str, dict[str, Any]] = {}
    for delivery in filter(_was_received, deliveries):
        found.setdefault(hashlib.sha256(delivery["body"].encode()).hexdigest(), delivery)
    return found
