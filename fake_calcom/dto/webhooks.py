"""The bodies of webhook subscriptions, and what is read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.announce import TRIGGERS
from fake_calcom.dto.checks import ARRAY, BOOLEAN, STRING, URL, each_of
from fake_calcom.dto.shape import Property, Shape
from fake_calcom.state.entities import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRIGGERS = (each_of(TRIGGERS), ARRAY)
CREATE_WEBHOOK = Shape(
    (
        Property("active", (BOOLEAN,), required=True),
        Property("subscriberUrl", (URL, STRING), required=True),
        Property("triggers", _TRIGGERS, required=True),
        Property("payloadTemplate", (STRING,)),
        Property("secret", (STRING,)),
        Property("version", (STRING,)),
    )
)
UPDATE_WEBHOOK = Shape(
    (
        Property("active", (BOOLEAN,)),
        Property("subscriberUrl", (URL, STRING)),
        Property("triggers", _TRIGGERS),
        Property("payloadTemplate", (STRING,)),
        Property("secret", (STRING,)),
        Property("version", (STRING,)),
    )
)


def webhook_of(
    body: Mapping[str, Any], webhook_id: str, *, user_id: int | None = None, event_type_id: int | None = None
) -> Webhook:
    """A subscription of a user's or of an event type's, from a body that CREATE_WEBHOOK takes."""
    return Webhook(
        id=webhook_id,
        user_id=user_id,
        url=body["subscriberUrl"],
        triggers=tuple(body["triggers"]),
        active=body["active"],
        payload_template=body.get("payloadTemplate"),
        secret=body.get("secret"),
        event_type_id=event_type_id,
    )
