"""What a part measures, and how it is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `at_least` or `at_most` is the promise it is held to; a row without either is for information."""

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise is kept; None when there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bench: its title and what measures it. `measure` yields a row as soon as it is known."""

    title: str
    measure: Callable[[], Iterable[Row]]


def line(row: Row) -> str:
    """One row as text."""
    promise = ""
    if row.at_least is not None:
        promise = f"at least {row.at_least:,g}"
    elif row.at_most is not None:
        promise = f"at most {row.at_most:,g}"
    mark = {True: "kept", False: "MISSED", None: ""}[row.is_kept]
    return f"  {row.what:<58} {_number(row.value):>14} {row.unit:<14} {promise:<18} {mark:<7} {row.note}".rstrip()


def rate(work: Callable[[], object], *, seconds: float = 2.0, batch: int = 1) -> float:
    """How many units of work fit in a second of this process's processor time; one call does `batch` units.

    The best of four stretches: a neighbour on the machine slows a stretch down and never speeds one up.
    """
    work()  # warm up: first connections, caches, imports
    return max(_stretch(work, seconds / 4) for _ in range(4)) * batch


def _stretch(work: Callable[[], object], seconds: float) -> float:
    began = time.process_time()
    calls = 0
    while (spent := time.process_time() - began) < seconds:
        work()
        calls += 1
    return calls / spent


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def missed(rows: Sequence[Row]) -> list[Row]:
    """The rows whose promise is not kept."""
    return [row for row in rows if row.is_kept is False]
