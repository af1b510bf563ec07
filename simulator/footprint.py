"""What one step reads and writes: two steps that touch nothing in common may swap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Footprint:
    """Names of what a step reads and writes, for example tables, or `table:key`.

    A step without a footprint (None) is taken to touch everything.
    """

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


def commute(first: Footprint | None, second: Footprint | None) -> bool:
    """Whether the two steps give the same world in either order."""
    if first is None or second is None:
        return False
    return not (first.writes & second.writes or first.writes & second.reads or first.reads & second.writes)
