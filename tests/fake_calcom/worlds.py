"""Small worlds for tests: two hosts who work on weekdays from 9 to 17 in Rome, and one event type of each kind."""

from __future__ import annotations

from typing import Any

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
NOW = "2025-10-06T08:00:00.000Z"  # a Monday
TUESDAY_14 = "2025-10-07T12:00:00.000Z"  # 14:00 in Rome, inside working hours
TUESDAY_15 = "2025-10-07T13:00:00.000Z"
V_BOOKINGS = {"cal-api-version": "2024-08-13"}
V_SLOTS = {"cal-api-version": "2024-09-04"}
V_EVENT_TYPES = {"cal-api-version": "2024-06-14"}


def user(key: str, number: int) -> dict[str, Any]:
    """Return a user of a world, e.g. `HOST`, host1@example.com."""
    return {
        "key": key,
        "name": f"Host {number}",
        "email": f"host{number}@example.com",
        "username": f"host-{number}",
        "timeZone": "Europe/Rome",
    }


def schedule(owner: str) -> dict[str, Any]:
    """Return the working hours of a user."""
    hours = {"days": WEEKDAYS, "startTime": "09:00", "endTime": "17:00"}
    return {"owner": owner, "timeZone": "Europe/Rome", "isDefault": True, "availability": [hours]}


def personal(key: str, **settings: Any) -> dict[str, Any]:
    """Return an event type of HOST."""
    base = {"key": key, "owner": "HOST", "slug": key.lower(), "title": key.title(), "lengthInMinutes": 60}
    return base | settings


def team(key: str, kind: str, hosts: tuple[str, ...] = ("HOST", "HOST2"), **settings: Any) -> dict[str, Any]:
    """Return an event type of the team TEAM."""
    shared = [{"user": host, "isFixed": kind == "COLLECTIVE"} for host in hosts]
    base = {"key": key, "team": "TEAM", "slug": key.lower(), "title": key.title(), "lengthInMinutes": 60}
    return base | {"schedulingType": kind, "hosts": shared} | settings


def world(*event_types: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a world of two hosts, a stranger, and these event types."""
    return {
        "clock": NOW,
        "users": [user("HOST", 1), user("HOST2", 2), user("STRANGER", 3)],
        "schedules": [schedule("HOST"), schedule("HOST2")],
        "event_types": list(event_types),
        **more,
    }


def attendee(name: str = "Ada", email: str | None = "ada@example.com", **more: Any) -> dict[str, Any]:
    """Return who books."""
    return {"name": name, "email": email, "timeZone": "Europe/Rome", "language": "it", **more}
