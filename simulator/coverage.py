"""How much of the space a campaign has seen: distinct conflict orders, and goals that must be reached.

Two runs with the same conflict order differ only in the order of steps that touch nothing in common,
so counting runs overstates what was tried and counting conflict orders does not. When new ones stop
appearing, more seeds of the same kind buy little.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.footprint import Footprint
    from simulator.simulation import RunResult

Touch = tuple[str, "Footprint"]
"""One completed I/O: who, and what it touched."""


def conflict_order(touches: Iterable[Touch]) -> str:
    """A digest that is equal for runs which order all their conflicting steps alike.

    For each name the writes keep their order, and the reads between two writes are a set.
    """
    counts: dict[str, int] = {}
    writes: dict[str, list[list[str]]] = {}
    for actor, footprint in touches:
        counts[actor] = counts.get(actor, 0) + 1
        step = f"{actor}/{counts[actor]}"
        for name in footprint.reads | footprint.writes:
            rounds = writes.setdefault(name, [[]])
            if name in footprint.writes:
                rounds += [[step], []]
            else:
                rounds[-1].append(step)
    canonical = [(name, [sorted(steps) for steps in rounds]) for name, rounds in sorted(writes.items())]
    return blake2b(repr(canonical).encode(), digest_size=8).hexdigest()


class Saturation:
    """The curve of distinct conflict orders over runs."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.curve: list[int] = []
        """Distinct conflict orders after each run."""

    def add(self, result: RunResult) -> None:
        """Count one more run."""
        self._seen.add(conflict_order(result.touches))
        self.curve.append(len(self._seen))

    @property
    def recent_share(self) -> float:
        """Which share of the last tenth of the runs showed a new order; near 0 means saturated."""
        tenth = max(1, len(self.curve) // 10)
        if len(self.curve) <= tenth:
            return 1.0
        return (self.curve[-1] - self.curve[-1 - tenth]) / tenth


def missing_goals(goals: Iterable[str], results: Iterable[RunResult]) -> list[str]:
    """The goals that no run reached: a campaign that never gets there proves nothing about it."""
    reached = {goal for result in results for goal in result.reached}
    return [goal for goal in goals if goal not in reached]
