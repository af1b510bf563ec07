"""The bodies of webhook subscriptions."""

from __future__ import annotations

from fake_calcom.booking.announce import TRIGGERS
from fake_calcom.dto.checks import ARRAY, BOOLEAN, STRING, URL, each_of
from fake_calcom.dto.shape import Property, Shape

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
