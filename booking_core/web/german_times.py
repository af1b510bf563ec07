"""Times of day as callers name them: `08:00`, `8 Uhr`, `8:30 Uhr`, `halb neun`, `Viertel nach acht`, `drei Uhr abends`.

And the step from a local day and time to an instant in UTC. Pure.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from booking_core.web.wording import WordingError, number, plain

EXPECTED = "a time such as 08:00, 8 Uhr, 8:30 Uhr or halb neun"

_WORDS = {"mittag": (12, 0), "mittags": (12, 0), "noon": (12, 0), "mitternacht": (0, 0), "midnight": (0, 0)}
_AFTERNOON = {"nachmittags", "abends", "pm", "p.m."}
_MORNING = {"morgens", "frueh", "vormittags", "nachts", "am", "a.m."}
_NOON = {"mittags"}
_FILLERS = re.compile(r"^(?:(?:um|gegen|at|circa|ca\.|so|genau) )+")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?(?: ?uhr| ?h)?")
_HOUR = re.compile(r"(\w+?)(?: ?uhr| ?h| o'clock)?")
_HOUR_AND_MINUTE = re.compile(r"(\w+) ?uhr (?:und )?(\w+)(?: minuten?)?")
_HALF = re.compile(r"(?:(\w+)(?: minuten?)? (vor|nach) )?halb (\w+)")
_PAST_OR_TO = re.compile(r"(\w+)(?: minuten?)? (vor|nach) (\w+)(?: uhr)?")
_QUARTER = re.compile(r"(viertel|dreiviertel|drei viertel) (\w+)")
_ATTACHED_ENGLISH = re.compile(r"(?<=\d)(am|pm)$")

Clock = tuple[int, int]


def parse_time(text: str) -> time:
    """The time meant, to the minute; WordingError when there is none or the day has no such time."""
    said = _FILLERS.sub("", _ATTACHED_ENGLISH.sub(r" \1", plain(text).rstrip("!?")))
    if said in _WORDS:
        return time(*_WORDS[said])
    core, half_day = _half_day(said)
    spoken = _clock(core) or _colloquial(core) or _plain_hour(core)
    if spoken is None:
        raise WordingError("this is not a time of day", EXPECTED)
    hour, minute = half_day(spoken)
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise WordingError("the day has no such time", "a time from 00:00 to 23:59")
    return time(hour, minute)


def start_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant in UTC; of a time that comes twice the first. WordingError for one that the clocks jump over."""
    local = datetime.combine(day, at, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise WordingError("the clocks go forward then: that time does not exist on that day", "another time")
    return instant


class _HalfDay:
    """What `nachmittags` or `am` behind a time does to it."""

    def __init__(self, word: str | None) -> None:
        self._word = word

    def __call__(self, clock: Clock) -> Clock:
        hour, minute = clock
        if (self._word in _AFTERNOON and hour < 12) or (self._word in _NOON and hour < 6):
            return hour + 12, minute
        if self._word in {"am", "a.m.", "nachts"} and hour == 12:
            return 0, minute
        return clock


def _half_day(said: str) -> tuple[str, _HalfDay]:
    core, _, last = said.rpartition(" ")
    known = last in _AFTERNOON | _MORNING | _NOON
    return (core, _HalfDay(last)) if core and known else (said, _HalfDay(None))


def _clock(said: str) -> Clock | None:
    found = _CLOCK.fullmatch(said)
    return (int(found[1]), int(found[2])) if found else None


def _plain_hour(said: str) -> Clock | None:
    if found := _HOUR_AND_MINUTE.fullmatch(said):
        return _pair(number(found[1]), number(found[2]))
    found = _HOUR.fullmatch(said)
    return _pair(number(found[1]), 0) if found else None


def _colloquial(said: str) -> Clock | None:
    if found := _HALF.fullmatch(said):
        return _around(number(found[3]), -30, _minutes(found[1]) if found[1] else 0, found[2])
    if found := _PAST_OR_TO.fullmatch(said):
        return _around(number(found[3]), 0, _minutes(found[1]), found[2])
    if found := _QUARTER.fullmatch(said):
        return _around(number(found[2]), -45 if found[1] == "viertel" else -15, 0, None)
    return None


def _minutes(word: str) -> int | None:
    return 15 if word == "viertel" else number(word)


def _around(hour: int | None, shift: int, minutes: int | None, side: str | None) -> Clock | None:
    """`fuenf vor halb neun`: nine o'clock, shifted by -30, and five before that. `halb eins` is after noon."""
    if hour is None or minutes is None or not 0 <= hour <= 24:
        return None
    total = hour * 60 + shift + (minutes if side == "nach" else -minutes)
    after_noon = hour == 1 and total < 60
    return divmod((total + (12 * 60 if after_noon else 0)) % (24 * 60), 60)


def _pair(hour: int | None, minute: int | None) -> Clock | None:
    return None if hour is None or minute is None else (hour, minute)
