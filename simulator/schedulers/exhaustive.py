"""Every schedule there is, depth first, up to a bound on preemptions or reduced by sleep sets.

A preemption is a step that does not go on with the step before although that could go on; it is
counted at I/O points, since every await would make the count meaningless. Most races need one or two
(Musuvathi and Qadeer, PLDI 2007).

Sleep sets leave out schedules that differ only in the order of steps which touch nothing in common
(Godefroid, 1996). They are not combined with a bound: the schedule that stands for a whole class may
need more preemptions than the one the bound allows, and a bug would be missed (Coons et al., 2013).
A step that asks for a fault is taken to touch everything, so sleep sets reduce nothing round a nemesis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.errors import PrunedError, ReplayDivergedError
from simulator.footprint import commute
from simulator.schedulers.protocol import SCHEDULE

if TYPE_CHECKING:
    from simulator.footprint import Footprint
    from simulator.schedulers.protocol import Question

Sleeping = dict[str, "Footprint | None"]
"""Steps whose schedules have been covered from an earlier branch, by their key."""


@dataclass(slots=True)
class _Branch:
    """One question on the path: what has been tried, and what held when it was put."""

    question: Question
    keys: tuple[str, ...]
    chosen: int
    tried: set[int] = field(default_factory=set)
    impure: set[int] = field(default_factory=set)
    """Tried steps that went on to ask something else, as whether a fault strikes: no footprint tells all of them."""
    sleeping: Sleeping = field(default_factory=dict)
    preemptions: int = 0
    deviations: int = 0


class Exhaustive:
    """Enumerates runs: `begin()` before each, `advance()` after each until it says there is none left.

    `preemptions_max` bounds the schedule, `deviations_max` the answers other than 0 on all other
    streams (faults, latencies, ties of timers). None means no bound. `reduce` turns on sleep sets,
    which needs `preemptions_max=None`.
    """

    def __init__(
        self, *, preemptions_max: int | None = None, deviations_max: int | None = 1, reduce: bool = False
    ) -> None:
        if reduce and preemptions_max is not None:
            msg = "Exhaustive: sleep sets with a preemption bound would miss runs; choose one of them"
            raise ValueError(msg)
        self.preemptions_max = preemptions_max
        self.deviations_max = deviations_max
        self.reduce = reduce
        self.cut_preemptions = False
        """Whether the bound on preemptions left out a run: the search is complete up to it only."""
        self.cut_deviations = False
        """The same of the bound on deviations."""
        self._path: list[_Branch] = []
        self.begin()

    def begin(self) -> None:
        """A new run starts at the root."""
        self._depth = 0
        self._last_step: _Branch | None = None
        self._sleeping: Sleeping = {}
        self._preemptions = 0
        self._deviations = 0

    def advance(self) -> bool:
        """Move to the next run that has not been seen; False when all have."""
        while self._path:
            branch = self._path[-1]
            branch.tried.add(branch.chosen)
            following = self._untried(branch)
            if following is not None:
                branch.chosen = following
                return True
            self._path.pop()
        return False

    def choose(self, question: Question) -> int:
        """Repeat the path, then go on with the first answer that is allowed."""
        scheduled = question.stream == SCHEDULE
        if question.n == 1 and not (scheduled and self.reduce):
            return 0
        branch = self._repeat(question) if self._depth < len(self._path) else self._extend(question)
        self._depth += 1
        if scheduled:
            self._last_step = branch
            self._preemptions = branch.preemptions + _preempts(question, branch.chosen)
            if self.reduce:
                self._sleeping = _asleep_after(branch)
        else:
            self._deviations = branch.deviations + (branch.chosen != 0)
            self._wake_all()
        return branch.chosen

    def _wake_all(self) -> None:
        """The step under way asks more than its place in the order: take it to touch everything."""
        self._sleeping = {}
        if self._last_step is not None:
            self._last_step.impure.add(self._last_step.chosen)

    def _repeat(self, question: Question) -> _Branch:
        branch = self._path[self._depth]
        if (branch.question.stream, branch.keys) != (question.stream, _keys(question)):
            msg = (
                f"depth {self._depth}: the same choices led to {_keys(branch.question)} before "
                f"and to {_keys(question)} now: the run is not deterministic"
            )
            raise ReplayDivergedError(msg)
        return branch

    def _extend(self, question: Question) -> _Branch:
        branch = _Branch(
            question,
            _keys(question),
            0,
            sleeping=self._sleeping,
            preemptions=self._preemptions,
            deviations=self._deviations,
        )
        first = self._untried(branch)
        if first is None:
            msg = "every step that could come next is covered by an earlier run"
            raise PrunedError(msg)
        branch.chosen = first
        self._path.append(branch)
        return branch

    def _untried(self, branch: _Branch) -> int | None:
        for answer in range(branch.question.n):
            if answer in branch.tried:
                continue
            if branch.question.stream == SCHEDULE and branch.keys[answer] in branch.sleeping:
                continue
            if not self._beyond_bound(branch, answer):
                return answer
        return None

    def _beyond_bound(self, branch: _Branch, answer: int) -> bool:
        if branch.question.stream == SCHEDULE:
            preemptions = branch.preemptions + _preempts(branch.question, answer)
            beyond = self.preemptions_max is not None and preemptions > self.preemptions_max
            self.cut_preemptions |= beyond
        else:
            deviations = branch.deviations + (answer != 0)
            beyond = self.deviations_max is not None and deviations > self.deviations_max
            self.cut_deviations |= beyond
        return beyond


def _preempts(question: Question, answer: int) -> bool:
    return 0 < question.continues <= answer


def _keys(question: Question) -> tuple[str, ...]:
    """The options, told apart when two read the same."""
    if not question.options:
        return tuple(str(answer) for answer in range(question.n))
    seen: dict[str, int] = {}
    keys = []
    for option in question.options:
        seen[option] = seen.get(option, 0) + 1
        keys.append(option if seen[option] == 1 else f"{option} ({seen[option]})")
    return tuple(keys)


def _asleep_after(branch: _Branch) -> Sleeping:
    """What stays covered: the siblings tried before, and the sleepers, as far as they commute with the step."""
    footprints = branch.question.footprints or (None,) * branch.question.n
    taken = footprints[branch.chosen]
    covered = dict(branch.sleeping)
    covered.update((branch.keys[answer], footprints[answer]) for answer in branch.tried - branch.impure)
    return {key: footprint for key, footprint in covered.items() if commute(footprint, taken)}
