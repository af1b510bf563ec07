"""Races to order: hold requests between their check and their INSERT until so many have arrived."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import WorldError

if TYPE_CHECKING:
    from fake_calcom.ports import RaceWindow

OPERATIONS = ("createBooking", "rescheduleBooking")  # the ones that check before they insert
PATIENCE_S = 5.0


@dataclass(slots=True)
class Barrier:
    """Holds `parties` requests of an operation, then lets them go together, in the order of their arrival.

    `holds_one` is set as soon as somebody waits here.

    After `patience_s` of the event loop's time a waiting request goes on alone, and the barrier is `broken`.
    """

    operation: str
    parties: int
    patience_s: float = PATIENCE_S
    arrived: int = 0
    broken: bool = False
    holds_one: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_open(self) -> bool:
        """Tell whether nobody is held here any more."""
        return self._open.is_set()

    async def pass_through(self) -> None:
        """Wait for the others."""
        self.arrived += 1
        self.holds_one.set()
        if self.arrived >= self.parties:
            self.release()
        try:
            await asyncio.wait_for(self._open.wait(), self.patience_s)
        except TimeoutError:
            self.broken = True
            self.release()

    def release(self) -> None:
        """Let everybody go who waits here, and hold nobody from now on."""
        self._open.set()

    def as_json(self) -> dict[str, Any]:
        """Return the barrier as JSON values."""
        return {
            "operation": self.operation,
            "parties": self.parties,
            "arrived": self.arrived,
            "open": self.is_open,
            "broken": self.broken,
        }


class Barriers:
    """A race window with barriers in front of another window."""

    def __init__(self, window: RaceWindow) -> None:
        self._window = window
        self._barriers: list[Barrier] = []

    def add(self, operation: str, parties: int, patience_s: float = PATIENCE_S) -> Barrier:
        """Put a barrier up; WorldError for an operation that has no race window, or for fewer than two parties."""
        if operation not in OPERATIONS:
            raise WorldError(f"expected one of {', '.join(OPERATIONS)}", "operation")
        if parties < 2:
            raise WorldError("a barrier holds at least 2 requests", "parties")
        barrier = Barrier(operation, parties, patience_s)
        self._barriers.append(barrier)
        return barrier

    def latest(self) -> Barrier:
        """Return the barrier put up last; IndexError when there is none."""
        return self._barriers[-1]

    def clear(self) -> None:
        """Release and forget every barrier."""
        for barrier in self._barriers:
            barrier.release()
        self._barriers.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return every barrier, oldest first."""
        return [barrier.as_json() for barrier in self._barriers]

    async def between_check_and_insert(self, operation: str) -> None:
        """Pass the first closed barrier of this operation, then the window behind."""
        for barrier in self._barriers:
            if barrier.operation == operation and not barrier.is_open:
                await barrier.pass_through()
                break
        await self._window.between_check_and_insert(operation)
