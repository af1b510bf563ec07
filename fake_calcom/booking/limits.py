"""An event type's limits: bookings or minutes in a day, week, month or year, and active bookings of one booker.

Source: Cal.com, checkBookingLimits and checkDurationLimits (both answer a raw 401).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fake_calcom.errors import RawError, internal_error
from fake_calcom.state.bookings import ACCEPTED
from fake_calcom.times import MS_PER_MINUTE, to_datetime, to_ms

if TYPE_CHECKING:
    from fake_calcom.booking.content import Plan, Successor
    from fake_calcom.universe import Universe


def refuse_too_many_active(universe: Universe, plan: Plan) -> None:
    """Raise the raw 500 when a booker has as many bookings ahead of them as the event type allows.

    Until 2025-10-15 Cal.com did not map this error. It comes before the lookup, and not on a reschedule.
    """
    limit = plan.event_type.active_limit
    if limit is None:
        return
    now_ms = universe.now_ms()
    ahead = [
        row
        for row in universe.bookings.of_email(plan.booker.email)
        if row.event_type_id == plan.event_type.id and row.status == ACCEPTED and row.start_ms >= now_ms
    ]
    if len(ahead) >= limit:
        raise internal_error()


def refuse_beyond_limits(universe: Universe, plan: Plan, successor: Successor | None) -> None:
    """Raise the raw 401 when one more booking would break a limit."""
    event_type = plan.event_type
    ignored = successor.row.number if successor else None
    for unit, limit in event_type.count_limits.items():
        if len(_lengths(universe, plan, unit, ignored)) >= limit:
            raise RawError(401, "booking_limit_reached")
    for unit, limit in event_type.duration_limits.items():
        if sum(_lengths(universe, plan, unit, ignored)) + plan.length_minutes > limit:
            raise RawError(401, "duration_limit_reached")


def _lengths(universe: Universe, plan: Plan, unit: str, ignored: int | None) -> list[int]:
    """Return the minutes of each accepted booking of the type in the period around the plan's start."""
    first, last = period_ms(plan.start_ms, unit)
    return [
        (row.end_ms - row.start_ms) // MS_PER_MINUTE
        for row in universe.bookings.of_event_type(plan.event_type.id)
        if row.status == ACCEPTED and first <= row.start_ms < last and row.number != ignored
    ]


def period_ms(moment_ms: int, unit: str) -> tuple[int, int]:
    """Return the day, week (from Sunday), month or year around an instant, in UTC."""
    midnight = to_datetime(moment_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "day":
        return to_ms(midnight), to_ms(midnight + timedelta(days=1))
    if unit == "week":
        sunday = midnight - timedelta(days=(midnight.weekday() + 1) % 7)
        return to_ms(sunday), to_ms(sunday + timedelta(days=7))
    if unit == "month":
        first = midnight.replace(day=1)
        return to_ms(first), to_ms((first + timedelta(days=32)).replace(day=1))
    return to_ms(midnight.replace(month=1, day=1)), to_ms(_new_year_after(midnight))


def _new_year_after(moment: datetime) -> datetime:
    return moment.replace(year=moment.year + 1, month=1, day=1)
