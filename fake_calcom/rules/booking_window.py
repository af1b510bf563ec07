"""How soon and how far ahead an event type may be booked.

Source: Cal.com, isOutOfBounds and the checks on time in handleNewBooking.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fake_calcom.times import MS_PER_MINUTE, to_datetime, to_ms

if TYPE_CHECKING:
    from fake_calcom.state.entities import BookingWindow, EventType

SATURDAY = 5
OPEN_END_MS = 1 << 62


def earliest_start_ms(event_type: EventType, now_ms: int) -> int:
    """Return the first instant that the minimum notice allows."""
    return now_ms + event_type.minimum_notice_minutes * MS_PER_MINUTE


def window_ms(window: BookingWindow | None, now_ms: int, time_zone: str = "UTC") -> tuple[int, int]:
    """Return the first and last instant (exclusive) that a booking window leaves open."""
    if window is None:
        return -OPEN_END_MS, OPEN_END_MS
    zone = ZoneInfo(time_zone)
    if window.type == "range":
        first, last = (date.fromisoformat(text[:10]) for text in window.dates)
        return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    today = to_datetime(now_ms).astimezone(zone).date()
    last = today + timedelta(days=min(window.days, 36_500))
    if window.type == "businessDays":
        last = _business_days_on(today, min(window.days, 10_000))
    return -OPEN_END_MS, _midnight(last + timedelta(days=1), zone)


def is_out_of_bounds(event_type: EventType, start_ms: int, now_ms: int, time_zone: str = "UTC") -> bool:
    """Tell whether a start breaks the minimum notice or the window.

    A rolling window that always shows the same number of days is kept by the slots only, not on booking.
    """
    if start_ms < earliest_start_ms(event_type, now_ms):
        return True
    if event_type.window is not None and event_type.window.rolling:
        return False
    first, last = window_ms(event_type.window, now_ms, time_zone)
    return not first <= start_ms < last


def _business_days_on(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime.combine(day, time(), zone))
