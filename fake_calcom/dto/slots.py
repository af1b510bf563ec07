"""The query of GET /v2/slots, version 2024-09-04. Parameters it does not know are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.dto.checks import STRICT_DATE, STRING, TIME_ZONE, at_least, is_int, one_of
from fake_calcom.dto.shape import Check, Property, Shape

if TYPE_CHECKING:
    from fake_calcom.routing import Query

_INT = Check("isInt", is_int, "$property must be an integer number")
_TWO = Check(
    "arrayMinSize",
    lambda v: isinstance(v, list) and len(v) >= 2,
    "The array must contain at least 2 elements.",
)
_COMMON = (
    Property("start", (STRICT_DATE,), required=True),
    Property("end", (STRICT_DATE,), required=True),
    Property("timeZone", (TIME_ZONE,)),
    Property("duration", (at_least(1), _INT)),
    Property("format", (one_of(("range", "time"), "slotFormat must be either 'range' or 'time'"),)),
    Property("bookingUidToReschedule", (STRING,)),
)
_SLUG = (Property("eventTypeSlug", (STRING,), required=True), Property("organizationSlug", (STRING,)))
BY_ID = Shape((*_COMMON, Property("eventTypeId", (_INT,), required=True)))
BY_USERNAME = Shape((*_COMMON, *_SLUG, Property("username", (STRING,), required=True)))
BY_TEAM = Shape((*_COMMON, *_SLUG, Property("teamSlug", (STRING,), required=True)))
BY_USERNAMES = Shape(
    (*_COMMON, Property("usernames", (_TWO,), required=True), Property("organizationSlug", (STRING,), required=True))
)


def slot_values(query: Query) -> dict[str, Any]:
    """Return the parameters with numbers read and `usernames` split."""
    values: dict[str, Any] = {name: held[-1] for name, held in query.values.items()}
    for name in ("eventTypeId", "duration"):
        if name in values and values[name].isascii() and values[name].isdigit() and len(values[name]) <= 18:
            values[name] = int(values[name])
    if "usernames" in values:
        values["usernames"] = query.many("usernames")
    return values


def slot_shape(values: dict[str, Any]) -> Shape:
    """Return the shape that a query's way of naming the event type asks for."""
    if "usernames" in values:
        return BY_USERNAMES
    if "teamSlug" in values:
        return BY_TEAM
    if "username" in values or "eventTypeSlug" in values:
        return BY_USERNAME
    return BY_ID
