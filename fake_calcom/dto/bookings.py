"""The inputs of bookings, version 2024-08-13 (source: the platform's booking input classes).

The formats of e-mail and phone and the inner checks of a location object are declared upstream in a way that
never runs, so they are absent here too: a malformed e-mail fails later, in the core schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.dto.checks import (
    ARRAY,
    BOOLEAN,
    DATE,
    DEFINED,
    INT,
    OBJECT,
    STRING,
    STRINGS,
    TIME_ZONE,
    URL,
    at_least,
    one_of,
)
from fake_calcom.dto.shape import Check, Property, Shape
from fake_calcom.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

_LANGUAGE_CODES = (
    "ar ca de es eu he id ja lv pl ro sr th vi az cs el es-419 fi hr it km nl pt ru sv tr zh-CN bg da en et fr hu iw "
    "ko no pt-BR sk ta uk zh-TW bn"
)
LANGUAGES = tuple(_LANGUAGE_CODES.split())
METADATA_KEYS_MAX, METADATA_KEY_LENGTH_MAX, METADATA_VALUE_LENGTH_MAX = 50, 40, 500


def _has_contact(attendee: Mapping[str, Any]) -> bool:
    return bool(attendee.get("email") or attendee.get("phoneNumber"))


def _names_event_type(body: Mapping[str, Any]) -> bool:
    by_slug = body.get("eventTypeSlug") and (body.get("username") or body.get("teamSlug"))
    return body.get("eventTypeId") is not None or bool(by_slug)


def _is_small_metadata(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) > METADATA_KEYS_MAX:
        return False
    for key, item in value.items():
        if len(key) > METADATA_KEY_LENGTH_MAX or (isinstance(item, str) and len(item) > METADATA_VALUE_LENGTH_MAX):
            return False
    return True


METADATA = Check(
    "isMetadata",
    _is_small_metadata,
    "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.",
)
LOCATION = Check("isLocation", lambda v: isinstance(v, (str, dict)), "$property must be a string or an object")

ATTENDEE = Shape(
    (
        Property("name", (STRING,), required=True),
        Property("email", (STRING,)),
        Property("phoneNumber", (STRING,)),
        Property("timeZone", (TIME_ZONE,), required=True),
        Property("language", (one_of(LANGUAGES),)),
    ),
    whole=(
        (
            "attendee email or phone",
            Check(
                "atLeastOneContact",
                _has_contact,
                "Attendee must have at least one contact method (email or phone number)",
            ),
        ),
    ),
)
ROUTING = Shape(
    (
        Property("responseId", (INT,)),
        Property("teamMemberIds", (ARRAY,), required=True),
        Property("teamMemberEmail", (STRING,)),
        Property("skipContactOwner", (BOOLEAN,)),
        Property("crmAppSlug", (STRING,)),
        Property("crmOwnerRecordType", (STRING,)),
    )
)
CREATE_BOOKING = Shape(
    (
        Property("start", (DATE,), required=True),
        Property("lengthInMinutes", (at_least(1), INT)),
        Property("attendee", (DEFINED,), required=True, nested=ATTENDEE),
        Property("bookingFieldsResponses", (OBJECT,)),
        Property("eventTypeId", (INT,)),
        Property("eventTypeSlug", (STRING,)),
        Property("username", (STRING,)),
        Property("teamSlug", (STRING,)),
        Property("organizationSlug", (STRING,)),
        Property("guests", (STRINGS, ARRAY)),
        Property("meetingUrl", (URL,)),
        Property("location", (LOCATION,)),
        Property("metadata", (METADATA, OBJECT)),
        Property("recurrenceCount", (at_least(1), INT)),
        Property("routing", nested=ROUTING),
        Property("emailVerificationCode", (STRING,)),
    ),
    whole=(
        (
            "eventTypeId or eventTypeSlug + username",
            Check(
                "eventTypeNamed",
                _names_event_type,
                "Either eventTypeId or eventTypeSlug + username or eventTypeSlug + teamSlug must be provided",
            ),
        ),
    ),
)
_INSTANT = (Property("instant", (BOOLEAN,)),)
_ALLOWANCES = (Property("allowConflicts", (BOOLEAN,)), Property("allowBookingOutOfBounds", (BOOLEAN,)))
_CREATE_SHAPES = {
    (is_instant, is_newest): Shape(
        (*CREATE_BOOKING.properties, *(_INSTANT if is_instant else ()), *(_ALLOWANCES if is_newest else ())),
        CREATE_BOOKING.whole,
    )
    for is_instant in (False, True)
    for is_newest in (False, True)
}
RESCHEDULE = Shape(
    (
        Property("start", (DATE,), required=True),
        Property("rescheduledBy", (STRING,)),
        Property("reschedulingReason", (STRING,)),
        Property("seatUid", (STRING,)),
        Property("emailVerificationCode", (STRING,)),
    )
)
CANCEL = Shape(
    (
        Property("cancellationReason", (STRING,)),
        Property("cancelSubsequentBookings", (BOOLEAN,)),
        Property("seatUid", (STRING,)),
    )
)
ABSENT_ATTENDEE = Shape((Property("email", (STRING,), required=True), Property("absent", (BOOLEAN,), required=True)))
MARK_ABSENT = Shape(
    (
        Property("host", (BOOLEAN,)),
        Property("attendees", (ARRAY,), nested=ABSENT_ATTENDEE, each=True),
    )
)
REASON = Shape((Property("reason", (STRING,)),))


def create_shape(body: Mapping[str, Any], version: str) -> Shape:
    """Return the shape of a create: `instant` exists only when it is true, allowances only since 2026."""
    return _CREATE_SHAPES[body.get("instant") is True, version == NEWEST]
