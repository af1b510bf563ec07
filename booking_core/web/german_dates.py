"""Days as callers and agents name them: `2025-10-10`, `10.10.2025`, `10.10.`, `10. Oktober`, `morgen`, `Freitag`.

Pure: `today` (in the business's time zone) is passed in. English words are understood as well.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from booking_core.web.wording import WordingError, plain

EXPECTED = "a day such as 2025-10-10, 10.10.2025, 10.10., morgen or Freitag"
AHEAD_MAX_DAYS = 731  # two years: what is further ahead was misheard
EARLIEST_YEAR = 2000
LEAP_YEARS_SEARCHED = 8  # 29 February comes again after at most eight years (1896 to 1904, 2096 to 2104)

_RELATIVE = {"heute": 0, "today": 0, "morgen": 1, "tomorrow": 1, "uebermorgen": 2, "day after tomorrow": 2}
_WEEKDAYS = (
    ("montag", "mo", "monday", "mon"),
    ("dienstag", "di", "tuesday", "tue"),
    ("mittwoch", "mi", "wednesday", "wed"),
    ("donnerstag", "do", "thursday", "thu"),
    ("freitag", "fr", "friday", "fri"),
    ("samstag", "sa", "saturday", "sat", "sonnabend"),
    ("sonntag", "so", "sunday", "sun"),
)
_MONTHS = (
    ("januar", "jaenner", "january"),
    ("februar", "february"),
    ("maerz", "march"),
    ("april",),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("dezember", "december"),
)
_FILLERS = re.compile(r"^(?:(?:am|den|der|dem|on|the|naechste[nrm]?|kommende[nrm]?|next|diese[nrm]?|this) )+")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4}|\d{2})?")
_NAMED_MONTH = re.compile(r"(\d{1,2})\.? ([a-z]+)(?: (\d{4}))?")


def parse_day(text: str, today: date) -> date:
    """The day meant; WordingError when there is none, it is in no calendar, or it is absurdly far away."""
    said = _FILLERS.sub("", plain(text).rstrip("!?"))
    day = _relative(said, today) or _weekday(said, today) or _calendar(said, today)
    if day is None:
        raise WordingError("this is not a day", EXPECTED)
    if day.year < EARLIEST_YEAR or day > today + timedelta(days=AHEAD_MAX_DAYS):
        raise WordingError("this day is too far away", "a day within the next two years")
    return day


def _relative(said: str, today: date) -> date | None:
    return today + timedelta(days=_RELATIVE[said]) if said in _RELATIVE else None


def _weekday(said: str, today: date) -> date | None:
    """The next such day after today: who means today says `heute`."""
    wanted = _weekday_number(said)
    return None if wanted is None else today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _weekday_number(word: str) -> int | None:
    return next((number for number, names in enumerate(_WEEKDAYS) if word.rstrip(".") in names), None)


def _calendar(said: str, today: date) -> date | None:
    """A date by numbers, perhaps after its weekday (`freitag der 10.10.2025`), which must then agree."""
    first, _, rest = said.partition(" ")
    weekday = _weekday_number(first)
    if weekday is None:
        return _numbers(said, today)
    day = _numbers(_FILLERS.sub("", rest), today)
    if day is not None and day.weekday() != weekday:
        raise WordingError("this date falls on another day of the week", EXPECTED)
    return day


def _numbers(said: str, today: date) -> date | None:
    if iso := _ISO.fullmatch(said):
        return _existing(int(iso[1]), int(iso[2]), int(iso[3]))
    if dotted := _DOTTED.fullmatch(said):
        return _with_year(int(dotted[1]), int(dotted[2]), dotted[3], today)
    named = _NAMED_MONTH.fullmatch(said)
    month = next((n for n, names in enumerate(_MONTHS, start=1) if named and named[2] in names), None)
    return _with_year(int(named[1]), month, named[3], today) if named and month else None


def _with_year(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return _existing(int(year) + (2000 if len(year) == 2 else 0), month, day)
    candidates = range(today.year, today.year + LEAP_YEARS_SEARCHED + 1)
    return next((found for y in candidates if (found := _date(y, month, day)) and found >= today), None) or _existing(
        today.year, month, day
    )


def _existing(year: int, month: int, day: int) -> date:
    found = _date(year, month, day)
    if found is None:
        raise WordingError("this day does not exist in the calendar", EXPECTED)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
