"""Free starts that were asked for lately, kept per event type until something is booked there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

CALCOM_STALENESS_S = 2.0  # Cal.com itself caches slots so long: what it tells just after a booking may predate it

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How long a list is believed (seconds of the monotonic clock), and how many windows one event type may hold."""

    lifetime_s: float = 30.0
    windows_max: int = 64


@dataclass(slots=True)
class _Shelf:
    """The lists of one event type; `forgotten_at` is when the last booking made them void."""

    forgotten_at: float = float("-inf")
    lists: dict[Window, tuple[float, Sequence[datetime]]] = field(default_factory=dict)


class SlotsCache:
    """Remembers lists of starts; a list asked for within two seconds of a booking is not kept."""

    def __init__(self, limits: CacheLimits, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._shelves: dict[int, _Shelf] = {}

    def get(self, event_type_id: int, window: Window) -> Sequence[datetime] | None:
        """The list, or None when it must be asked for."""
        shelf = self._shelves.get(event_type_id)
        if shelf is None or window not in shelf.lists:
            return None
        asked_at, starts = shelf.lists[window]
        return starts if self._monotonic() - asked_at < self._limits.lifetime_s else None

    def put(self, event_type_id: int, window: Window, starts: Sequence[datetime], asked_at: float) -> None:
        """Keep a list that was asked for at `asked_at`, unless a booking came too close before or since."""
        shelf = self._shelves.setdefault(event_type_id, _Shelf())
        if asked_at < shelf.forgotten_at + CALCOM_STALENESS_S:
            return
        while len(shelf.lists) >= self._limits.windows_max:
            shelf.lists.pop(next(iter(shelf.lists)))
        shelf.lists[window] = (asked_at, starts)

    def forget(self, event_type_id: int) -> None:
        """Something was booked, moved or cancelled."""
        shelf = self._shelves.setdefault(event_type_id, _Shelf())
        shelf.forgotten_at = self._monotonic()
        shelf.lists.clear()
