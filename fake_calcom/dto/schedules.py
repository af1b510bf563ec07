"""The bodies of schedules, version 2024-06-11."""

from __future__ import annotations

from typing import Any

from fake_calcom.dto.checks import ARRAY, BOOLEAN, CLOCK_TIME, DATE, STRING, TIME_ZONE, each_of
from fake_calcom.dto.shape import Property, Shape
from fake_calcom.state.entities import Hours, Override

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = Shape(
    (
        Property("days", (each_of(DAYS), ARRAY), required=True),
        Property("startTime", (CLOCK_TIME,), required=True),
        Property("endTime", (CLOCK_TIME,), required=True),
    )
)
OVERRIDE = Shape(
    (
        Property("date", (DATE,), required=True),
        Property("startTime", (CLOCK_TIME,), required=True),
        Property("endTime", (CLOCK_TIME,), required=True),
    )
)
_HOURS = (
    Property("availability", (ARRAY,), nested=HOURS, each=True),
    Property("overrides", (ARRAY,), nested=OVERRIDE, each=True),
)
CREATE_SCHEDULE = Shape(
    (
        Property("name", (STRING,), required=True),
        Property("timeZone", (TIME_ZONE,), required=True),
        Property("isDefault", (BOOLEAN,), required=True),
        *_HOURS,
    )
)
UPDATE_SCHEDULE = Shape(
    (Property("name", (STRING,)), Property("timeZone", (TIME_ZONE,)), Property("isDefault", (BOOLEAN,)), *_HOURS)
)
WORKING_DAYS = Hours((0, 1, 2, 3, 4), 9 * 60, 17 * 60)  # what a schedule has that names no hours


def read_hours(value: dict[str, Any]) -> Hours:
    """Return working hours of a checked `{days, startTime, endTime}`."""
    days = tuple(DAYS.index(day) for day in value["days"])
    return Hours(days, _minute_of(value["startTime"]), _minute_of(value["endTime"]))


def read_override(value: dict[str, Any]) -> Override:
    """Return the hours of one date of a checked `{date, startTime, endTime}`."""
    return Override(value["date"][:10], _minute_of(value["startTime"]), _minute_of(value["endTime"]))


def hours_content(hours: Hours) -> dict[str, Any]:
    """Return working hours as the API shows them."""
    days = [DAYS[day] for day in hours.days]
    return {"days": days, "startTime": _clock_time(hours.start_minute), "endTime": _clock_time(hours.end_minute)}


def override_content(override: Override) -> dict[str, Any]:
    """Return one date's hours as the API shows them."""
    start, end = _clock_time(override.start_minute), _clock_time(override.end_minute)
    return {"date": override.date, "startTime": start, "endTime": end}


def _minute_of(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
