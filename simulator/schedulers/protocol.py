"""The question every decision is put as, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import random

    from simulator.footprint import Footprint

SCHEDULE = "schedule"
"""The stream of the questions 'which pending completion comes next'; all others are free names."""


class Question(NamedTuple):
    """One decision to take: a number from 0 to `n - 1`, where 0 is what production would most likely do.

    Questions with one answer (`n == 1`) are put too, on the schedule stream, because an explorer must
    see every step; they are not recorded.
    """

    stream: str
    label: str
    n: int
    options: tuple[str, ...] = ()
    """What each answer means; empty when the numbers speak for themselves."""
    actors: tuple[str, ...] = ()
    """Who goes on with each answer (schedule stream)."""
    footprints: tuple[Footprint | None, ...] = ()
    """What each answer's step touches (schedule stream)."""
    continues: int = 0
    """How many of the first answers go on with the step before: any other answer is a preemption."""
    odds: float | None = None
    """How likely an answer other than 0 should be in a random run; None means all answers alike."""


class Scheduler(Protocol):
    """Answers questions. One scheduler serves one run, except for an explorer, which is told of each."""

    def choose(self, question: Question) -> int:
        """Answer with 0..n-1. An error raised here ends the run and comes out of it unchanged."""
        ...


def draw(source: random.Random, question: Question) -> int:
    """A random answer that honours the question's odds."""
    if question.n == 1:
        return 0
    if question.odds is None:
        return int(source.random() * question.n)
    if source.random() >= question.odds:
        return 0
    return 1 + int(source.random() * (question.n - 1))
