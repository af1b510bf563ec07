"""The timers of a run, ordered by time and then by when they were set.

The standard heap compares times alone, so timers of the same time come out in an order that depends
on what else is in the heap.
"""

# ruff: noqa: SLF001 - a timer's state has no public name

from __future__ import annotations

import heapq
from itertools import count
from math import inf
from typing import Any

_CANCELLED_MIN = 100
"""Below this many cancelled timers a rebuild costs more than it saves (asyncio's own figure)."""


class TimerHeap:
    """Timer handles with the nanosecond at which each is due."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Any]] = []
        self._numbers = count()
        self._cancelled = 0

    def push(self, due_ns: int, timer: Any) -> None:
        """Set a timer."""
        heapq.heappush(self._entries, (due_ns, next(self._numbers), timer))
        timer._scheduled = True

    @property
    def first_ns(self) -> float:
        """No timer is due before; infinite when there is none. A cancelled one may still stand for it."""
        return self._entries[0][0] if self._entries else inf

    def next_ns(self) -> int | None:
        """When the next timer is due, or None."""
        entries = self._entries
        while entries and entries[0][2]._cancelled:
            heapq.heappop(entries)[2]._scheduled = False
            self._cancelled -= 1
        return entries[0][0] if entries else None

    def pop_due(self, now_ns: int) -> list[Any]:
        """The timers that are due, in order."""
        due: list[Any] = []
        entries = self._entries
        while entries and entries[0][0] <= now_ns:
            timer = heapq.heappop(entries)[2]
            timer._scheduled = False
            if timer._cancelled:
                self._cancelled -= 1
            else:
                due.append(timer)
        return due

    def note_cancelled(self, timer: Any) -> None:
        """Rebuild when most timers are cancelled ones, as a server with time-outs makes them."""
        if not timer._scheduled:
            return
        self._cancelled += 1
        if self._cancelled > _CANCELLED_MIN and self._cancelled * 2 > len(self._entries):
            self._entries = [entry for entry in self._entries if not entry[2]._cancelled]
            heapq.heapify(self._entries)
            self._cancelled = 0

    def clear(self) -> None:
        """Forget all timers."""
        self._entries.clear()
