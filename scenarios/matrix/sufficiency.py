"""Which subsets of the layers suffice, and which of them are the smallest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.matrix.cells import Cell, CellVerdict, Layers, every_subset


def sufficient(cells: Sequence[Cell]) -> list[Layers]:
    """The subsets that no cell of these violates."""
    broken = {cell.question.layers for cell in cells if cell.verdict is CellVerdict.VIOLATED}
    return [layers for layers in every_subset() if layers not in broken]


def minimal(subsets: Sequence[Layers]) -> list[Layers]:
    """Those that contain no other of them."""
    return [one for one in subsets if not any(set(other) < set(one) for other in subsets)]


def views(cells: Sequence[Cell]) -> dict[tuple[str, str], list[Cell]]:
    """The cells of each (mode, identity)."""
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.question.mode, cell.question.identity), []).append(cell)
    return found
