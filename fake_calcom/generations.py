"""Cal.com at a date: which repeats it answers with the booking it already has, and which it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

DEFAULT_GENERATION = "2025-10-04"
WINDOW = re.compile(r"window:(\d{1,9})")


class UniqueKey(Enum):
    """What the unique column of a booking is made of (source: the Prisma idempotency extension)."""

    ATTENDEES = "event type, start, end and all e-mails; any status"
    HOST_AND_TYPE = "event type, start, end and host; accepted only"
    HOST = "start, end and host; accepted only"


@dataclass(slots=True, frozen=True)
class Generation:
    """One upstream generation. `window_s` is the reports' hypothesis of a time window, in seconds.

    `rekeys_on_reassign`: since 2025-06-26 a booking handed to another host gets that host's unique key; before,
    it kept the first host's, whose time then looked free and could not be booked. `reserves_what_was_left`: since
    2025-05-29 a time that a cancelled or moved booking has left can be reserved again.
    """

    name: str
    unique_key: UniqueKey
    looks_up_pending: bool = False
    looks_up_round_robin: bool = False
    refuses_empty_teams: bool = False
    reserves_what_was_left: bool = False
    rekeys_on_reassign: bool = False
    window_s: int | None = None


KNOWN = (
    Generation("2024-02", UniqueKey.ATTENDEES),
    Generation("2025-05-01", UniqueKey.HOST_AND_TYPE, looks_up_pending=True),
    Generation("2025-05-22", UniqueKey.HOST_AND_TYPE, looks_up_pending=True, looks_up_round_robin=True),
    Generation(
        DEFAULT_GENERATION,
        UniqueKey.HOST,
        looks_up_pending=True,
        looks_up_round_robin=True,
        refuses_empty_teams=True,
        reserves_what_was_left=True,
        rekeys_on_reassign=True,
    ),
)


def read_generation(name: str) -> Generation:
    """Return the generation of this name; ValueError naming the known ones otherwise."""
    for generation in KNOWN:
        if generation.name == name:
            return generation
    if window := WINDOW.fullmatch(name):
        newest = KNOWN[-1]
        return replace(newest, name=name, looks_up_pending=False, looks_up_round_robin=False, window_s=int(window[1]))
    names = ", ".join(generation.name for generation in KNOWN)
    raise ValueError(f"unknown generation {name!r}: expected one of {names}, or window:<seconds>")
