"""The smallest run that still fails in the same way, and the sentence that describes it.

The answers of a run are a list of numbers where 0 is plain order. Zeroing blocks of it, halves first,
needs about ten runs for a race; no library is needed for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.checker import Verdict
from simulator.schedulers.from_list import FromList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.choices import Decision
    from simulator.schedulers.protocol import Scheduler
    from simulator.simulation import RunResult

RunOnce = Callable[["Scheduler"], "RunResult"]
"""Runs the world once under a scheduler, with the seed of the run to shrink."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest failing run found, after so many runs."""

    result: RunResult
    runs: int

    @property
    def sentence(self) -> str:
        """How the run differs from plain order."""
        return describe(self.result.decisions)


def shrink(run: RunOnce, failing: RunResult, *, runs_max: int = 500) -> Shrunk:
    """Shrink a run with verdict INVALID. Deterministic: the same run shrinks to the same one."""
    return _Shrinker(run, failing, runs_max).shrink()


def describe(decisions: Sequence[Decision]) -> str:
    """The run in words: 'plain order except ...'."""
    deviations = [
        f"at decision {place} {decision.option!r} comes before {decision.options[0]!r}"
        if decision.stream == "schedule" and decision.options
        else f"at decision {place} {decision.label} is {decision.option}"
        for place, decision in enumerate(decisions)
        if decision.chosen
    ]
    return "plain order except " + "; ".join(deviations) if deviations else "plain order"


def kind_of_failure(result: RunResult) -> tuple[str, ...]:
    """What makes two failures the same one: the error's type, or the checkers that object."""
    if result.verdict is not Verdict.INVALID:
        return ()
    if result.error is not None:
        return (type(result.error).__name__,)
    return tuple(sorted(each.checker for each in result.findings if each.verdict is Verdict.INVALID))


class _Shrinker:
    def __init__(self, run: RunOnce, failing: RunResult, runs_max: int) -> None:
        self._run = run
        self._runs_max = runs_max
        self._kind = kind_of_failure(failing)
        self._best = failing
        self._runs = 0
        if not self._kind:
            msg = f"only an INVALID run can be shrunk, this one is {failing.verdict}: {failing.reason}"
            raise ValueError(msg)

    def shrink(self) -> Shrunk:
        """Until no pass makes it smaller."""
        before = None
        while before != self._cost(self._best) and self._runs < self._runs_max:
            before = self._cost(self._best)
            self._zero_blocks()
            self._delete_deviations()
            self._lower_answers()
        return Shrunk(self._best, self._runs)

    def _zero_blocks(self) -> None:
        size = len(self._answers)
        while size >= 1:
            start = 0
            while start < len(self._answers):
                answers = self._answers
                block = answers[start : start + size]
                if any(block):
                    self._try(answers[:start] + [0] * len(block) + answers[start + size :])
                start += size
            size //= 2

    def _delete_deviations(self) -> None:
        """Cut single answers out, so that later deviations move forward."""
        for place in reversed(range(len(self._answers))):
            if any(self._answers[place:]):
                self._try(self._answers[:place] + self._answers[place + 1 :])

    def _lower_answers(self) -> None:
        for place in range(len(self._answers)):
            while place < len(self._answers) and self._answers[place] > 1:
                answers = self._answers
                if not self._try([*answers[:place], answers[place] - 1, *answers[place + 1 :]]):
                    break

    @property
    def _answers(self) -> list[int]:
        """Of the best run, up to its last deviation: the rest is plain order anyway."""
        answers = [decision.chosen for decision in self._best.decisions]
        while answers and not answers[-1]:
            answers.pop()
        return answers

    def _try(self, answers: list[int]) -> bool:
        if self._runs >= self._runs_max:
            return False
        self._runs += 1
        result = self._run(FromList(answers))
        if kind_of_failure(result) != self._kind or self._cost(result) >= self._cost(self._best):
            return False
        self._best = result
        return True

    @staticmethod
    def _cost(result: RunResult) -> tuple[int, ...]:
        """Fewer preemptions, then fewer and smaller deviations, then earlier ones, then a shorter run."""
        deviations = [decision for decision in result.decisions if decision.chosen]
        places = [place for place, decision in enumerate(result.decisions) if decision.chosen]
        return (
            sum(decision.preempts for decision in deviations),
            len(deviations),
            sum(decision.chosen for decision in deviations),
            sum(places),
            len(result.decisions),
        )
