"""Instants as whole milliseconds since 1970 (UTC), and their ISO 8601 text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MS_PER_SECOND = 1000
MS_PER_MINUTE = 60 * MS_PER_SECOND
MS_PER_HOUR = 60 * MS_PER_MINUTE
MS_PER_DAY = 24 * MS_PER_HOUR
REMEMBERED_MAX = 1024  # a call reads and writes the same few instants again and again
ISO_LENGTH_MAX = 40  # the longest text that `_ISO` matches has 36 characters
YEAR_MAX = 9998  # one year of room below datetime's own limit: an end or an offset never overflows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)  # its text has no offset to cut off: a third of the time
_MS = timedelta(milliseconds=1)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?[Zz]|[+-]\d\d(:?\d\d)?)?)?", re.ASCII)


def to_ms(moment: datetime) -> int:
    """Return an aware datetime as milliseconds since the epoch, cut to the whole millisecond."""
    return (moment - _EPOCH) // _MS


@lru_cache(REMEMBERED_MAX)
def to_datetime(ms: int) -> datetime:
    """Return milliseconds since the epoch as an aware datetime in UTC."""
    return _EPOCH + ms * _MS


@lru_cache(REMEMBERED_MAX)
def iso(ms: int) -> str:
    """Return e.g. `2030-01-08T13:00:00.000Z`."""
    return (_NAIVE_EPOCH + ms * _MS).isoformat("T", "milliseconds") + "Z"


def iso_without_ms(ms: int) -> str:
    """Return e.g. `2030-01-08T13:00:00Z`, the form of times inside webhooks."""
    return iso(ms)[: -len(".000Z")] + "Z"


def parse_iso(text: object) -> int | None:
    """Return the instant an ISO 8601 text names, or None when it names none.

    An offset is honoured; a text without one is UTC; a bare date is its midnight.
    """
    return _instant(text) if isinstance(text, str) and len(text) <= ISO_LENGTH_MAX else None


@lru_cache(REMEMBERED_MAX)
def _instant(text: str) -> int | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper().replace(",", ".").replace(" Z", "Z"))
    except ValueError:
        return None
    if not 1 < moment.year <= YEAR_MAX:
        return None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def whole_second(ms: int) -> int:
    """Return the instant cut to its second, as Cal.com stores and compares a start."""
    return ms - ms % MS_PER_SECOND
