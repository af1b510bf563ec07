"""Probabilistic concurrency testing: few preemptions, placed at random.

Every actor gets a random priority and the highest one goes on; at `depth - 1` random steps the actor
in front falls to the bottom. A bug that needs d ordered events is found with a probability of at
least 1 / (n k^(d-1)) for n actors and k steps (Burckhardt et al., ASPLOS 2010), which beats the
uniform walk by orders of magnitude when one actor must take many steps inside one gap of another.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from simulator.schedulers.protocol import SCHEDULE
from simulator.schedulers.uniform import Uniform

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Question


class Pct:
    """Priorities on the schedule stream, uniform draws elsewhere.

    `depth` is d (2 or 3 pays), `horizon` is k, the number of schedule questions expected: take it
    from the choice points of the first run.
    """

    def __init__(self, seed: int, depth: int = 3, horizon: int = 100) -> None:
        if depth < 1 or horizon < 1:
            msg = f"Pct: depth and horizon must be at least 1, not {depth} and {horizon}"
            raise ValueError(msg)
        self._random = Random(f"{seed}/pct")
        self._others = Uniform(seed)
        self._depth = depth
        self._changes = {self._random.randint(1, horizon): place for place in range(depth - 1)}
        self._priorities: dict[str, float] = {}
        self._asked = 0

    def choose(self, question: Question) -> int:
        """The step of the actor with the highest priority."""
        if question.stream != SCHEDULE or not question.actors:
            return self._others.choose(question)
        for actor in question.actors:
            if actor not in self._priorities:
                self._priorities[actor] = self._depth + self._random.random()
        if question.n > 1:
            self._asked += 1
            self._demote(question)
        return self._front(question)

    def _front(self, question: Question) -> int:
        return max(range(question.n), key=lambda answer: self._priorities[question.actors[answer]])

    def _demote(self, question: Question) -> None:
        place = self._changes.get(self._asked)
        if place is not None:
            self._priorities[question.actors[self._front(question)]] = -1.0 - place
