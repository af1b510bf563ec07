"""A schedule's working hours as ranges of instants: days, overrides, time zone, daylight saving."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fake_calcom.rules.ranges import Ranges, union
from fake_calcom.times import MS_PER_MINUTE, to_datetime, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_calcom.state.entities import Schedule

MINUTES_PER_DAY = 24 * 60
LAST_MINUTE = MINUTES_PER_DAY - 1  # Cal.com writes "until midnight" as 23:59


def working_ranges(schedule: Schedule, start_ms: int, end_ms: int) -> Ranges:
    """Return when the schedule is open between two instants (whole days: the caller cuts the edges)."""
    zone = ZoneInfo(schedule.time_zone)
    day = to_datetime(start_ms).astimezone(zone).date() - timedelta(days=1)
    last = to_datetime(end_ms).astimezone(zone).date()
    ranges: list[tuple[int, int]] = []
    while day <= last:
        ranges += (
            (_instant(day, opens, zone), _instant(day, closes, zone)) for opens, closes in _hours_of(schedule, day)
        )
        day += timedelta(days=1)
    return union(ranges)


def _hours_of(schedule: Schedule, day: date) -> Iterator[tuple[int, int]]:
    """Yield a date's hours in minutes after midnight: its overrides alone if it has any."""
    text = day.isoformat()
    overrides = [o for o in schedule.overrides if o.date == text]
    if overrides:
        yield from ((o.start_minute, _closing(o.end_minute)) for o in overrides)
        return
    weekday = day.weekday()
    for hours in schedule.availability:
        if weekday in hours.days:
            yield hours.start_minute, _closing(hours.end_minute)


def _closing(minute: int) -> int:
    return MINUTES_PER_DAY if minute == LAST_MINUTE else minute


def _instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """Return the instant of a wall-clock minute; one that daylight saving skips is read before the jump."""
    if minute == MINUTES_PER_DAY:
        return to_ms(datetime.combine(day + timedelta(days=1), time(), zone))
    return to_ms(datetime.combine(day, time(minute // 60, minute % 60), zone)) // MS_PER_MINUTE * MS_PER_MINUTE
