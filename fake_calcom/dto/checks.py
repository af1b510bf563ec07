"""The constraints that Cal.com's input classes use, each with class-validator's sentence."""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from fake_calcom.dto.shape import Check
from fake_calcom.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterable

_URL = re.compile(r"https?://[^\s/$.?#].\S*", re.IGNORECASE)
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_STRICT_ISO = re.compile(r"\d{4}-\d\d-\d\d(T.+)?", re.ASCII)


def is_int(value: Any) -> bool:
    """Tell whether JavaScript would call this number an integer."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def is_time_zone(value: Any) -> bool:
    """Tell whether this names an IANA time zone."""
    if not isinstance(value, str) or not value or value.startswith(("/", ".")) or "\0" in value:
        return False
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_strict_iso(value: Any) -> bool:
    """Tell whether this is a date or date-time with the `T` between them."""
    return isinstance(value, str) and bool(_STRICT_ISO.fullmatch(value)) and parse_iso(value) is not None


STRING = Check("isString", lambda v: isinstance(v, str), "$property must be a string")
INT = Check("isInt", is_int, "$property must be an integer number")
NUMBER = Check(
    "isNumber",
    lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "$property must be a number conforming to the specified constraints",
)
BOOLEAN = Check("isBoolean", lambda v: isinstance(v, bool), "$property must be a boolean value")
OBJECT = Check("isObject", lambda v: isinstance(v, dict), "$property must be an object")
ARRAY = Check("isArray", lambda v: isinstance(v, list), "$property must be an array")
DEFINED = Check("isDefined", lambda v: v is not None, "$property should not be null or undefined")
NOT_EMPTY = Check("isNotEmpty", lambda v: v not in (None, ""), "$property should not be empty")
DATE = Check("isDateString", lambda v: parse_iso(v) is not None, "$property must be a valid ISO 8601 date string")
STRICT_DATE = Check("isISO8601", is_strict_iso, "$property must be a valid ISO 8601 date string")
TIME_ZONE = Check("isTimeZone", is_time_zone, "$property must be a valid IANA time-zone")
URL = Check("isUrl", lambda v: isinstance(v, str) and bool(_URL.fullmatch(v)), "$property must be a URL address")
CLOCK_TIME = Check(
    "matches",
    lambda v: isinstance(v, str) and bool(_CLOCK_TIME.fullmatch(v)),
    "$property must match format HH:MM",
)
STRINGS = Check(
    "isString",
    lambda v: isinstance(v, list) and all(isinstance(item, str) for item in v),
    "each value in $property must be a string",
)


def at_least(number: int) -> Check:
    """Return class-validator's `Min`."""
    sentence = f"$property must not be less than {number}"
    return Check("min", lambda v: _is_number(v) and v >= number, sentence, {"minimum": number})


def at_most(number: int) -> Check:
    """Return class-validator's `Max`."""
    sentence = f"$property must not be greater than {number}"
    return Check("max", lambda v: _is_number(v) and v <= number, sentence, {"maximum": number})


def one_of(values: Iterable[str], sentence: str | None = None) -> Check:
    """Return class-validator's `IsEnum`, or the same with a sentence of Cal.com's own."""
    allowed = tuple(values)
    text = sentence or f"$property must be one of the following values: {', '.join(allowed)}"
    return Check("isEnum", lambda v: isinstance(v, str) and v in allowed, text, {"enum": list(allowed)})


def each_of(values: Iterable[str], sentence: str | None = None) -> Check:
    """Return `IsEnum` for every item of a list."""
    allowed = tuple(values)
    text = sentence or f"each value in $property must be one of the following values: {', '.join(allowed)}"
    schema = {"type": "array", "items": {"enum": list(allowed)}}
    return Check("isEnum", lambda v: isinstance(v, list) and all(i in allowed for i in v), text, schema)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
