"""The `cal-api-version` header: which resource serves which version."""

from __future__ import annotations

HEADER = "cal-api-version"
OLDEST = "2024-04-15"
NEWEST = "2026-02-25"
KNOWN = (OLDEST, "2024-06-11", "2024-06-14", "2024-08-13", "2024-09-04", NEWEST)

EVERY = frozenset(KNOWN)
BOOKINGS = frozenset(("2024-08-13", NEWEST))
BOOKINGS_OLD = frozenset((OLDEST, "2024-06-11", "2024-06-14"))
SLOTS = frozenset(("2024-09-04",))
SLOTS_OLD = frozenset((OLDEST, "2024-06-11", "2024-06-14", "2024-08-13"))
EVENT_TYPES = frozenset(("2024-06-14",))
EVENT_TYPES_OLD = frozenset((OLDEST, "2024-06-11"))
SCHEDULES = frozenset(("2024-06-11", "2024-06-14"))
SCHEDULES_OLD = frozenset((OLDEST,))


def read_version(header: str | None) -> str:
    """Return the version a request reaches: a missing or unknown one silently becomes the oldest."""
    return header if header is not None and header in EVERY else OLDEST
