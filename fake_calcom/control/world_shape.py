"""What a world may say. Every object also takes a `note`, which is ignored."""

from __future__ import annotations

from typing import Any

from fake_calcom.dto.bookings import ATTENDEE, METADATA
from fake_calcom.dto.checks import (
    ARRAY,
    BOOLEAN,
    DATE,
    INT,
    NOT_EMPTY,
    OBJECT,
    STRING,
    STRINGS,
    TIME_ZONE,
    at_least,
    at_most,
    one_of,
)
from fake_calcom.dto.event_types import CREATE_EVENT_TYPE, NOTE
from fake_calcom.dto.schedules import HOURS, OVERRIDE
from fake_calcom.dto.shape import Check, Property, Shape
from fake_calcom.dto.webhooks import CREATE_WEBHOOK
from fake_calcom.state.bookings import ACCEPTED, CANCELLED, PENDING, REJECTED
from fake_calcom.state.entities import SchedulingType

ID_MAX = 2**53 - 1  # the last integer that every JSON reader keeps
ID = (at_most(ID_MAX), at_least(1), INT)
TEXT = (STRING, NOT_EMPTY)


def _is_api_key(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("cal_")


USER = Shape(
    (
        Property("key", TEXT, required=True),
        Property("id", ID),
        Property("name", TEXT, required=True),
        Property("email", TEXT, required=True),
        Property("username", (STRING,)),
        Property("timeZone", (TIME_ZONE,)),
        Property("apiKey", (Check("isApiKey", _is_api_key, "$property must begin with cal_"),)),
        Property("apiKeyExpiresAt", (DATE,)),
        NOTE,
    )
)
SCHEDULE = Shape(
    (
        Property("id", ID),
        Property("owner", TEXT, required=True),
        Property("name", (STRING,)),
        Property("timeZone", (TIME_ZONE,)),
        Property("isDefault", (BOOLEAN,)),
        Property("availability", (ARRAY,), nested=HOURS, each=True),
        Property("overrides", (ARRAY,), nested=OVERRIDE, each=True),
        NOTE,
    )
)
HOST = Shape(
    (
        Property("user", TEXT, required=True),
        Property("isFixed", (BOOLEAN,)),
        Property("priority", (at_least(0), at_most(4), INT)),
        Property("weight", (at_least(0), INT)),
        Property("group", (STRING,)),
    )
)
EVENT_TYPE = Shape(
    (
        Property("key", TEXT, required=True),
        Property("id", ID),
        Property("owner", TEXT),
        Property("team", TEXT),
        Property("schedulingType", (one_of(kind.value for kind in SchedulingType),)),
        Property("isRRWeightsEnabled", (BOOLEAN,)),
        Property("requiresConfirmationForFreeEmail", (BOOLEAN,)),
        Property("hosts", (ARRAY,), nested=HOST, each=True),
        Property("webhooks", (ARRAY,), nested=CREATE_WEBHOOK, each=True),
        *CREATE_EVENT_TYPE.properties,
        NOTE,
    )
)
BOOKING = Shape(
    (
        Property("eventType", TEXT, required=True),
        Property("id", ID),
        Property("uid", TEXT),
        Property("start", (DATE,), required=True),
        Property("createdAt", (DATE,)),
        Property("updatedAt", (DATE,)),
        Property("lengthInMinutes", (at_least(1), at_most(24 * 60 * 366), INT)),
        Property("status", (one_of((ACCEPTED, PENDING, CANCELLED, REJECTED)),)),
        Property("host", TEXT),
        Property("attendee", required=True, nested=ATTENDEE, checks=(OBJECT,)),
        Property("guests", (STRINGS, ARRAY)),
        Property("metadata", (METADATA, OBJECT)),
        Property("bookingFieldsResponses", (OBJECT,)),
        Property("location", (STRING,)),
        NOTE,
    )
)
WORLD = Shape(
    (
        Property("clock", (DATE,)),
        Property("users", (ARRAY,), nested=USER, each=True),
        Property("schedules", (ARRAY,), nested=SCHEDULE, each=True),
        Property("event_types", (ARRAY,), nested=EVENT_TYPE, each=True),
        Property("roles", (OBJECT,)),
        Property("blockedEmails", (STRINGS, ARRAY)),
        Property("freeEmailDomains", (STRINGS, ARRAY)),
        Property("bookings", (ARRAY,), nested=BOOKING, each=True),
        NOTE,
    )
)
