"""The description of an event type (2024-06-14), as the API takes it and as a world gives it."""

from __future__ import annotations

from typing import Any

from fake_calcom.dto.checks import (
    ARRAY,
    BOOLEAN,
    INT,
    NOT_EMPTY,
    STRING,
    STRINGS,
    at_least,
    at_most,
    is_int,
    one_of,
)
from fake_calcom.dto.shape import Check, Property, Shape
from fake_calcom.rules.booking_fields import EXPECTED, SYSTEM_FIELDS
from fake_calcom.state.event_types import UNITS_MS
from fake_calcom.times import parse_iso

MINUTES_MAX = 24 * 60 * 366
FREQUENCIES = ("yearly", "monthly", "weekly", "daily")
FIELD_TYPES = (*EXPECTED, *sorted(SYSTEM_FIELDS), "splitName")
WINDOW_TYPES = ("businessDays", "calendarDays", "range")
LOCATION_TYPES = (
    "address",
    "link",
    "integration",
    "phone",
    "attendeeAddress",
    "attendeePhone",
    "attendeeDefined",
    "organizersDefaultApp",
)
NOTE = Property("note")

_INTS = Check(
    "isInt",
    lambda v: isinstance(v, list) and all(is_int(item) and 0 < item <= MINUTES_MAX for item in v),
    "each value in $property must be an integer number",
)
_MINUTES = (at_most(MINUTES_MAX), at_least(0), INT)


def _is_window_value(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(isinstance(v, str) and parse_iso(v[:10]) is not None for v in value)
    return is_int(value) and bool(value >= 0)


def _fits_window_type(window: Any) -> bool:
    if window.get("disabled") or window.get("value") is None or window.get("type") not in WINDOW_TYPES:
        return True
    is_range: bool = window["type"] == "range"
    return isinstance(window["value"], list) is is_range


_THRESHOLD = Shape(
    (
        Property("unit", (one_of(UNITS_MS),), required=True),
        Property("count", (at_least(0), at_most(100_000), INT), required=True),
    )
)
CONFIRMATION = Shape(
    (
        Property("type", (one_of(("always", "time")),)),
        Property("noticeThreshold", nested=_THRESHOLD),
        Property("blockUnconfirmedBookingsInBooker", (BOOLEAN,)),
        Property("disabled", (BOOLEAN,)),
    )
)
RECURRENCE = Shape(
    (
        Property("frequency", (one_of(FREQUENCIES),), required=True),
        Property("interval", (at_least(1), at_most(365), INT), required=True),
        Property("occurrences", (at_least(1), at_most(365), INT), required=True),
    )
)
SEATS = Shape(
    (
        Property("seatsPerTimeSlot", (at_least(1), at_most(1000), INT), required=True),
        Property("showAttendeeInfo", (BOOLEAN,)),
        Property("showAvailabilityCount", (BOOLEAN,)),
    )
)
WINDOW = Shape(
    (
        Property("type", (one_of(WINDOW_TYPES),), required=True),
        Property("value", (Check("isWindow", _is_window_value, "$property must be days or two dates"),), required=True),
        Property("rolling", (BOOLEAN,)),
    ),
    whole=(("value", Check("fitsType", _fits_window_type, "value must be two dates for a range, days otherwise")),),
)
LIMITS = Shape(
    (
        *(Property(unit, (at_least(1), at_most(1_000_000), INT)) for unit in ("day", "week", "month", "year")),
        Property("disabled", (BOOLEAN,)),
    )
)
ACTIVE_LIMIT = Shape(
    (
        Property("maximumActiveBookings", (at_least(1), at_most(1_000_000), INT)),
        Property("offerReschedule", (BOOLEAN,)),
        Property("disabled", (BOOLEAN,)),
    )
)
BOOKING_FIELD = Shape(
    (
        Property("type", (one_of(FIELD_TYPES),), required=True),
        Property("slug", (STRING,)),
        Property("label", (STRING,)),
        Property("required", (BOOLEAN,)),
        Property("hidden", (BOOLEAN,)),
        Property("placeholder", (STRING,)),
        Property("disableOnPrefill", (BOOLEAN,)),
        Property("options", (STRINGS,)),
    )
)
LOCATION = Shape(
    (
        Property("type", (one_of(LOCATION_TYPES),), required=True),
        *(Property(name, (STRING,)) for name in ("address", "link", "phone", "integration")),
        Property("public", (BOOLEAN,)),
    )
)
SETTINGS = (
    Property("lengthInMinutesOptions", (_INTS, ARRAY)),
    Property("description", (STRING,)),
    Property("locations", (ARRAY,), nested=LOCATION, each=True),
    Property("bookingFields", (ARRAY,), nested=BOOKING_FIELD, each=True),
    Property("slotInterval", (at_least(1), at_most(MINUTES_MAX), INT)),
    Property("minimumBookingNotice", _MINUTES),
    Property("beforeEventBuffer", _MINUTES),
    Property("afterEventBuffer", _MINUTES),
    Property("offsetStart", _MINUTES),
    Property("scheduleId", (INT,)),
    Property("bookingLimitsCount", nested=LIMITS),
    Property("bookingLimitsDuration", nested=LIMITS),
    Property("bookerActiveBookingsLimit", nested=ACTIVE_LIMIT),
    Property("bookingWindow", nested=WINDOW),
    Property("confirmationPolicy", nested=CONFIRMATION),
    Property("recurrence", nested=RECURRENCE),
    Property("seats", nested=SEATS),
    Property("customName", (STRING,)),
    Property("price", (at_least(0), INT)),
    *(
        Property(name, (BOOLEAN,))
        for name in (
            "hidden",
            "bookingRequiresAuthentication",
            "onlyShowFirstAvailableSlot",
            "disableGuests",
            "disableCancelling",
            "disableRescheduling",
            "disableStandardEmails",
            "lockTimeZoneToggleOnBookingPage",
            "requiresBookerEmailVerification",
            "hideCalendarNotes",
            "hideCalendarEventDetails",
            "hideOrganizerEmail",
        )
    ),
)
_LENGTH = (at_most(MINUTES_MAX), at_least(1), INT)
CREATE_EVENT_TYPE = Shape(
    (
        Property("lengthInMinutes", _LENGTH, required=True),
        Property("title", (STRING, NOT_EMPTY), required=True),
        Property("slug", (STRING, NOT_EMPTY), required=True),
        *SETTINGS,
    )
)
UPDATE_EVENT_TYPE = Shape(
    (
        Property("lengthInMinutes", _LENGTH),
        Property("title", (STRING, NOT_EMPTY)),
        Property("slug", (STRING, NOT_EMPTY)),
        *SETTINGS,
    )
)
