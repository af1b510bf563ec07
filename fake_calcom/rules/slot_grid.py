"""Where slots start inside free time (source: Cal.com, buildSlotsWithDateRanges)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fake_calcom.times import MS_PER_MINUTE, to_datetime, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_calcom.rules.ranges import Ranges

NATURAL_STEPS = (60, 30, 20, 15, 10, 5)


def natural_step(step_minutes: int) -> int:
    """Return the largest of Cal.com's grids inside the hour that divides the step (1 when none does)."""
    return next((n for n in NATURAL_STEPS if step_minutes % n == 0), 1)


def slot_starts(
    ranges: Ranges,
    *,
    earliest_ms: int,
    length_minutes: int,
    step_minutes: int,
    time_zone: str,
    offset_minutes: int = 0,
) -> Iterator[int]:
    """Yield the starts of the slots that fit wholly into free ranges, in order."""
    length, step = length_minutes * MS_PER_MINUTE, step_minutes * MS_PER_MINUTE
    grid = natural_step(step_minutes)
    for range_start, range_end in ranges:
        start = _rounded_up(max(range_start, earliest_ms), grid, time_zone) + offset_minutes * MS_PER_MINUTE
        while start + length <= range_end:
            yield start
            start += step


def _rounded_up(moment_ms: int, grid: int, time_zone: str) -> int:
    """Return the next instant whose wall-clock minute lies on the grid inside its hour."""
    whole = -(-moment_ms // MS_PER_MINUTE) * MS_PER_MINUTE
    wall = to_datetime(whole).astimezone(ZoneInfo(time_zone))
    beyond = wall.minute % grid
    return whole if beyond == 0 else to_ms(to_datetime(whole) + timedelta(minutes=grid - beyond))
