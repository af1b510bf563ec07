"""Half-open ranges of time in milliseconds, as sorted tuples that do not overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def union(ranges: Iterable[Range]) -> Ranges:
    """Return the ranges sorted, with those that overlap or touch made one and empty ones gone."""
    merged: list[Range] = []
    for start, end in sorted(r for r in ranges if r[0] < r[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(left: Ranges, right: Ranges) -> Ranges:
    """Return what lies in both."""
    return union((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d))


def subtraction(ranges: Ranges, holes: Iterable[Range]) -> Ranges:
    """Return what is left of the ranges outside the holes."""
    left = ranges
    for hole_start, hole_end in union(holes):
        pieces: list[Range] = []
        for start, end in left:
            if hole_end <= start or end <= hole_start:
                pieces.append((start, end))
                continue
            pieces += [(start, min(end, hole_start)), (max(start, hole_end), end)]
        left = tuple(p for p in pieces if p[0] < p[1])
    return left


def covers(ranges: Ranges, start_ms: int, end_ms: int) -> bool:
    """Tell whether one range holds the whole of [start, end)."""
    for a, b in ranges:  # noqa: SIM110 - a generator here costs more than the comparisons
        if a <= start_ms and end_ms <= b:
            return True
    return False


def overlap(first: Range, second: Range) -> bool:
    """Tell whether two ranges share an instant; touching edges do not."""
    return first[0] < second[1] and second[0] < first[1]
