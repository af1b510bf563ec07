"""Named snapshots in memory: every test starts from the expensive world for microseconds.

A state is kept as a fork: copies of dicts whose values are shared, because stored values never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.clock import FakeClock
from fake_calcom.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_calcom.clock import ClockMode
    from fake_calcom.universe import Universe

NAME_LENGTH_MAX = 200
KEPT_MAX = 1000


@dataclass(slots=True, frozen=True)
class Kept:
    """One state: the universe, where its identifiers were, and its own clock (None when it was given one)."""

    universe: Universe
    ids: Mapping[str, Any] | None
    clock: tuple[datetime, ClockMode] | None


class Shelf:
    """Keeps the states of one universe by name."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._kept: dict[str, Kept] = {}

    def names(self) -> list[str]:
        """Return the names of what is kept, oldest first."""
        return list(self._kept)

    def keep(self, name: str) -> None:
        """Keep the present state under a name, in place of what had it before."""
        if not 0 < len(name) <= NAME_LENGTH_MAX:
            raise WorldError(f"expected a name of 1 to {NAME_LENGTH_MAX} characters", "name")
        if name not in self._kept and len(self._kept) >= KEPT_MAX:
            raise WorldError(f"{KEPT_MAX} snapshots are kept already", "name")
        self._kept[name] = kept_of(self._universe)

    def restore(self, name: str) -> None:
        """Become the state kept under a name; it stays kept. WorldError when there is none."""
        become(self._universe, self._find(name))

    def drop(self, name: str) -> None:
        """Keep a state no longer; WorldError when there is none of this name."""
        self._find(name)
        del self._kept[name]

    def _find(self, name: str) -> Kept:
        if name not in self._kept:
            raise WorldError(f"no snapshot has the name {name!r}", "name")
        return self._kept[name]


def kept_of(universe: Universe) -> Kept:
    """Return the present state of a universe."""
    clock = universe.outside.clock
    own = (clock.now(), clock.mode) if isinstance(clock, FakeClock) else None
    return Kept(universe.fork(), universe.position_of_ids(), own)


def become(universe: Universe, kept: Kept) -> None:
    """Put a universe into a kept state; a clock or ids that it was given stay where they are."""
    clock = universe.outside.clock
    universe.take_over(kept.universe)
    universe.rewind_ids(kept.ids)
    if kept.clock is not None and isinstance(clock, FakeClock):
        clock.set(*kept.clock)
