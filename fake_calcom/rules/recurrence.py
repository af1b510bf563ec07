"""The starts of a series (source: the platform's booking input service, recurring bookings)."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fake_calcom.errors import bad_request
from fake_calcom.times import to_datetime, to_ms

if TYPE_CHECKING:
    from fake_calcom.state.entities import EventType

STEP_DAYS = {"daily": 1, "weekly": 7}
STEP_MONTHS = {"monthly": 1, "yearly": 12}


def refuse_wrong_count(event_type: EventType, count: int | None) -> None:
    """Raise the 400 when more occurrences are asked for than the event type has."""
    if event_type.recurrence and count is not None and count > event_type.recurrence.occurrences:
        raise bad_request("Provided recurrence count is higher than the event type's recurring event count.")


def occurrence_starts(event_type: EventType, start_ms: int, count: int | None) -> list[int]:
    """Return the starts of a series in order; `count` None takes the event type's own number."""
    recurrence = event_type.recurrence
    assert recurrence is not None, "only a recurring event type has occurrences"
    first = to_datetime(start_ms)
    return [
        to_ms(_later(first, recurrence.frequency, recurrence.interval * index))
        for index in range(count or recurrence.occurrences)
    ]


def _later(moment: datetime, frequency: str, steps: int) -> datetime:
    if frequency in STEP_DAYS:
        return moment + timedelta(days=STEP_DAYS[frequency] * steps)
    months = moment.month - 1 + STEP_MONTHS[frequency] * steps
    year, month = moment.year + months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
