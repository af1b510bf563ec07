"""Replay of recorded decisions, which refuses to answer another question than the recorded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import ReplayDivergedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.choices import Decision
    from simulator.schedulers.protocol import Question


class Replay:
    """Answers as recorded. Raises ReplayDivergedError at the first question that differs."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._decisions = decisions
        self._next = 0

    def choose(self, question: Question) -> int:
        """The recorded answer."""
        if question.n == 1:
            return 0
        place = self._next
        self._next += 1
        if place >= len(self._decisions):
            msg = f"decision {place}: the recording ends here, the code asks {_asked(question)}"
            raise ReplayDivergedError(msg)
        decision = self._decisions[place]
        same = (decision.stream, decision.label, decision.n, decision.options) == (
            question.stream,
            question.label,
            question.n,
            question.options,
        )
        if not same:
            recorded = f"{decision.stream}/{decision.label} of {decision.n} {list(decision.options)}"
            msg = f"decision {place}: recorded was {recorded}, the code asks {_asked(question)}"
            raise ReplayDivergedError(msg)
        return decision.chosen


def _asked(question: Question) -> str:
    return f"{question.stream}/{question.label} of {question.n} {list(question.options)}"
