"""A list of numbers as the answers, 0 beyond its end: what Hypothesis and the shrinker drive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.schedulers.protocol import Question


class FromList:
    """Takes the numbers in the order of the questions, cut to the largest answer there is.

    Any list is a run, so a shrinker may delete and lower at will: Hypothesis needs 12 to 18 examples
    to get a race down to `[0, 1]` this way.
    """

    def __init__(self, answers: Sequence[int]) -> None:
        self._answers = answers
        self._next = 0

    def choose(self, question: Question) -> int:
        """The next number of the list."""
        if question.n == 1:
            return 0
        place = self._next
        self._next += 1
        if place >= len(self._answers):
            return 0
        return min(self._answers[place], question.n - 1)
