"""The inputs of version 2024-04-15: bookings and slots as clients sent them before 2024-08-13."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.dto.bookings import LANGUAGES, METADATA
from fake_calcom.dto.checks import (
    ARRAY,
    BOOLEAN,
    DATE,
    INT,
    OBJECT,
    STRICT_DATE,
    STRING,
    STRINGS,
    TIME_ZONE,
    at_least,
    one_of,
)
from fake_calcom.dto.shape import Property, Shape

if TYPE_CHECKING:
    from fake_calcom.routing import Query

_LOCATION = Shape((Property("optionValue", (STRING,)), Property("value", (STRING,))))
_RESPONSES = Shape(
    (
        Property("name", (STRING,), required=True),
        Property("email", (STRING,), required=True),
        Property("guests", (STRINGS, ARRAY)),
        Property("location", nested=_LOCATION),
        Property("notes", (STRING,)),
        Property("attendeePhoneNumber", (STRING,)),
    ),
    open=True,
)
CREATE_BOOKING_OLD = Shape(
    (
        Property("start", (DATE,), required=True),
        Property("end", (DATE,)),
        Property("eventTypeId", (INT,), required=True),
        Property("eventTypeSlug", (STRING,)),
        Property("rescheduleUid", (STRING,)),
        Property("timeZone", (TIME_ZONE,), required=True),
        Property("user", (STRINGS,)),
        Property("language", (one_of(LANGUAGES),), required=True),
        Property("bookingUid", (STRING,)),
        Property("metadata", (METADATA, OBJECT), required=True),
        Property("hasHashedBookingLink", (BOOLEAN,)),
        Property("hashedLink", (STRING,)),
        Property("seatReferenceUid", (STRING,)),
        Property("orgSlug", (STRING,)),
        Property("locationUrl", (STRING,)),
        Property("responses", (OBJECT,), required=True, nested=_RESPONSES),
    )
)
CANCEL_OLD = Shape(
    (
        Property("id", (INT,)),
        Property("uid", (STRING,)),
        Property("allRemainingBookings", (BOOLEAN,)),
        Property("cancellationReason", (STRING,)),
        Property("seatReferenceUid", (STRING,)),
    )
)
AVAILABLE_SLOTS = Shape(
    (
        Property("startTime", (STRICT_DATE,), required=True),
        Property("endTime", (STRICT_DATE,), required=True),
        Property("eventTypeId", (INT,)),
        Property("eventTypeSlug", (STRING,)),
        Property("usernameList", (STRINGS,)),
        Property("timeZone", (TIME_ZONE,)),
        Property("duration", (at_least(1), INT)),
        Property("rescheduleUid", (STRING,)),
        Property("debug", (STRING,)),
        Property("isTeamEvent", (STRING,)),
        Property("orgSlug", (STRING,)),
        Property("slotFormat", (one_of(("range", "time"), "slotFormat must be either 'range' or 'time'"),)),
    )
)
RESERVE_SLOT_OLD = Shape(
    (
        Property("eventTypeId", (INT,), required=True),
        Property("slotUtcStartDate", (STRICT_DATE,), required=True),
        Property("slotUtcEndDate", (STRICT_DATE,), required=True),
        Property("bookingUid", (STRING,)),
        Property("_isDryRun", (BOOLEAN,)),
    )
)


def available_slots_values(query: Query) -> dict[str, Any]:
    """Return the old slot parameters with numbers read."""
    values: dict[str, Any] = {name: held[-1] for name, held in query.values.items()}
    for name in ("eventTypeId", "duration"):
        if name in values and values[name].isascii() and values[name].isdigit() and len(values[name]) <= 18:
            values[name] = int(values[name])
    if "usernameList" in values:
        values["usernameList"] = query.many("usernameList")
    return values
