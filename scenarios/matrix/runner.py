"""Fills the whole matrix over all cores: one batch a scenario, mode and identity, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace

from booking_core.profiles import AttendeeIdentity
from scenarios.matrix.cells import SERVERS, Cell, Question, every_subset
from scenarios.matrix.measure import Effort, fill, skewed_told
from scenarios.matrix.sufficiency import minimal, sufficient, views
from scenarios.scenario import MEMORY
from scenarios.theatre import Theatre

IDENTITIES = (AttendeeIdentity.SHARED, AttendeeIdentity.PER_CALL)
HARDER = 5  # so many times the random schedules for the cells that decide which subsets suffice
SKEWS_S = (*range(-120, -31, 10), -32, -31, -30, -29, *range(-20, 121, 10))
SCENARIOS = (
    "one-caller",
    "687-688",
    "682-766",
    "two-callers",
    "one-caller-twice",
    "same-weekday-next-week",
    "same-customer-other-slot",
    "lost-reply-31s",
    "lost-reply-58s",
    "plain-lost-reply",
    "retell-sends-again",
    "gateway-31s-ahead",
    "calcom-10789",
)


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells, and in how far Layer 1 alone turns an ordinary booking down at each skew (seconds -> rejected)."""

    cells: tuple[Cell, ...]
    skews: Mapping[int, bool]


def questions(modes: Sequence[str], databases: Mapping[str, str], scenarios: Sequence[str]) -> list[list[Question]]:
    """Every question, in batches. A server gets the shared identity only: there a cell costs a database."""
    return [
        [Question(scenario, layers, str(identity), mode, databases.get(mode, MEMORY)) for layers in every_subset()]
        for mode in modes
        for scenario in scenarios
        for identity in (IDENTITIES[:1] if mode in SERVERS else IDENTITIES)
    ]


def run_matrix(batches: Sequence[Sequence[Question]], effort: Effort, on_cell: Callable[[], None]) -> Matrix:
    """Fill every cell, then look harder at those on which the smallest sufficient subsets rest."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        skews = pool.submit(sweep_skew)
        cells = _fill_all(pool, batches, effort, on_cell)
        harder = replace(effort, schedules=effort.schedules * HARDER)
        looked_at: set[Question] = set()
        while decisive := decisive_races(list(cells.values())) - looked_at:
            looked_at |= decisive
            in_order = [question for question in cells if question in decisive]
            cells |= _fill_all(pool, [[question] for question in in_order], harder, lambda: None)
        return Matrix(tuple(cells.values()), skews.result())


def _fill_all(
    pool: ProcessPoolExecutor, batches: Sequence[Sequence[Question]], effort: Effort, on_cell: Callable[[], None]
) -> dict[Question, Cell]:
    """The cells in the order of their questions, whichever is filled first."""
    waiting = [pool.submit(fill_batch, batch, effort) for batch in batches]
    for done in as_completed(waiting):
        for _ in done.result():
            on_cell()
    return {cell.question: cell for done in waiting for cell in done.result()}


def decisive_races(cells: Sequence[Cell]) -> set[Question]:
    """The races in which a smallest sufficient subset was searched: one counterexample more would refute it."""
    found: set[Question] = set()
    for of_view in views(cells).values():
        least = minimal(sufficient(of_view))
        found |= {cell.question for cell in of_view if cell.searched and cell.question.layers in least}
    return found


def fill_batch(batch: Sequence[Question], effort: Effort) -> list[Cell]:
    """The cells of one batch, in a theatre of their own."""
    with Theatre() as theatre:
        return [fill(theatre, question, effort) for question in batch]


def sweep_skew() -> dict[int, bool]:
    """At each skew, whether Layer 1 alone turns an ordinary new booking down."""
    with Theatre() as theatre:
        return {skew: bool(skewed_told(theatre, float(skew)).false_rejections) for skew in SKEWS_S}
