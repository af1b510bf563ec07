"""Swarm testing: each seed draws which faults exist at all, and how likely each one is.

A run with every fault on hides what needs a long quiet stretch, and bugs that need many of one kind
never meet them: leaving faults out at random finds more (Groce et al., ISSTA 2012).
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from simulator.schedulers.protocol import draw

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Question, Scheduler

FAULTS = "faults"
"""The stream on which faults are asked for."""

_ODDS = (0.0, 0.0, 0.01, 0.05, 0.2, 0.5)
"""How likely a fault is in a seed: absent in a third of them, rare in a third, common in a third."""


class Swarm:
    """Answers the faults' questions by the seed's own draw, all others by `inner`.

    The fault is the label up to its first blank, so one draw holds for all its occasions.
    """

    def __init__(self, seed: int, inner: Scheduler) -> None:
        self._seed = seed
        self._inner = inner
        self._random = Random(f"{seed}/swarm")
        self.odds: dict[str, float] = {}
        """What was drawn, for the report."""

    def choose(self, question: Question) -> int:
        """Draw whether the fault happens, or ask the inner scheduler."""
        if question.stream != FAULTS or question.n == 1:
            return self._inner.choose(question)
        if self._random.random() >= self._odds_of(question.label.split(" ", 1)[0]):
            return 0
        return draw(self._random, _happening(question))

    def _odds_of(self, fault: str) -> float:
        if fault not in self.odds:
            # The draw depends on the name alone, so a fault that is asked for later keeps its odds.
            self.odds[fault] = Random(f"{self._seed}/swarm/{fault}").choice(_ODDS)
        return self.odds[fault]


def _happening(question: Question) -> Question:
    return question._replace(odds=1.0)
