"""Search for a run that breaks a rule, with a verdict of three values.

Proved: no run up to the stated bound breaks it. Violated: this one does. Inconclusive: neither, and
why. Random search never proves; exhaustive search proves only what its bound covers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simulator.checker import Verdict
from simulator.schedulers.exhaustive import Exhaustive
from simulator.schedulers.pct import Pct
from simulator.schedulers.protocol import SCHEDULE, Scheduler
from simulator.schedulers.swarm import Swarm
from simulator.schedulers.uniform import Uniform
from simulator.simulation import RunResult

Run = Callable[[Scheduler, int], RunResult]
"""Runs the world once under a scheduler and a seed."""
SchedulerOf = Callable[[int, int], Scheduler]
"""The scheduler of a seed, given how many schedule questions to expect."""

_FIRST_HORIZON = 100
"""Schedule questions expected of the first run, which then tells better."""


@dataclass(frozen=True, slots=True)
class Proved:
    """All `schedules` runs within the bound are VALID."""

    bound: str
    schedules: int
    pruned: int = 0

    def __str__(self) -> str:
        return f"proved up to {self.bound} over {self.schedules} schedules"


@dataclass(frozen=True, slots=True)
class Violated:
    """The run found first; an exhaustive search finds the ones with fewer preemptions first."""

    result: RunResult = field(repr=False)
    schedules: int

    def __str__(self) -> str:
        return f"violated by schedule {self.schedules} (seed {self.result.seed}): {self.result.reason}"


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """No run broke the rule, and yet nothing is proved."""

    why: str
    schedules: int

    def __str__(self) -> str:
        return f"inconclusive after {self.schedules} schedules: {self.why}"


Exploration = Proved | Violated | Inconclusive


def explore_all(
    run: Run,
    *,
    preemptions_max: int | None = 2,
    deviations_max: int | None = 1,
    reduce: bool = False,
    schedules_max: int = 100_000,
    seed: int = 0,
) -> Exploration:
    """Every schedule with at most so many preemptions, and so many answers off plain order elsewhere.

    The bounds grow one by one, so that a violation is one with the fewest preemptions there are.
    """
    bounds: list[int | None] = [None] if preemptions_max is None else list(range(preemptions_max + 1))
    schedules = 0
    last: Exploration = Inconclusive("no bound was searched", 0)
    for bound in bounds:
        search = Exhaustive(preemptions_max=bound, deviations_max=deviations_max, reduce=reduce)
        last = _search(run, search, schedules_max - schedules, seed)
        if not isinstance(last, Proved):
            return _after(last, schedules)
        schedules += last.schedules
        if not search.cut_preemptions:  # the bound left nothing out, so a larger one adds nothing
            return last
    return last


def random_scheduler(seed: int, horizon: int) -> Scheduler:
    """Uniform and PCT of depth 2 and 3 in turn. Easy races favour uniform, deep ones PCT."""
    return Uniform(seed) if seed % 2 == 0 else Pct(seed, depth=2 + seed // 2 % 2, horizon=horizon)


def pct_scheduler(seed: int, horizon: int) -> Scheduler:
    """PCT of depth 2 and 3 in turn."""
    return Pct(seed, depth=2 + seed % 2, horizon=horizon)


def swarm_scheduler(seed: int, horizon: int) -> Scheduler:
    """The random mix, where each seed draws which faults exist and how likely they are."""
    return Swarm(seed, random_scheduler(seed, horizon))


def explore_randomly(
    run: Run,
    seeds: Iterable[int],
    *,
    scheduler_of: SchedulerOf = random_scheduler,
    horizon: int | None = None,
) -> Violated | Inconclusive:
    """One run a seed, until one is INVALID. `horizon` is the number of schedule questions to expect.

    By default the first run tells the horizon.
    """
    verdicts: Counter[Verdict] = Counter()
    example = ""
    for seed in seeds:
        result = run(scheduler_of(seed, horizon or _FIRST_HORIZON), seed)
        horizon = horizon or max(1, sum(each.stream == SCHEDULE for each in result.decisions))
        verdicts[result.verdict] += 1
        if result.verdict is Verdict.INVALID:
            return Violated(result, verdicts.total())
        if result.verdict is Verdict.UNKNOWN and not example:
            example = f"; seed {seed} has no verdict: {result.reason}"
    return Inconclusive(f"{verdicts[Verdict.VALID]} seeds are valid{example}", verdicts.total())


def _search(run: Run, search: Exhaustive, schedules_max: int, seed: int) -> Exploration:
    schedules = pruned = 0
    restricted = False
    while schedules < schedules_max:
        search.begin()
        result = run(search, seed)
        restricted |= result.restricted
        if result.pruned:
            pruned += 1
        else:
            schedules += 1
            if result.verdict is Verdict.INVALID:
                return Violated(result, schedules)
            if result.verdict is Verdict.UNKNOWN:
                return Inconclusive(f"a run has no verdict: {result.reason}", schedules)
        if not search.advance():
            return Proved(_bound_of(search, restricted=restricted), schedules, pruned)
    return Inconclusive(
        f"schedules_max = {schedules_max} reached within {_bound_of(search, restricted=restricted)}", schedules
    )


def _bound_of(search: Exhaustive, *, restricted: bool) -> str:
    """What the search covered: only bounds that left something out are named."""
    parts = []
    if search.cut_preemptions:
        parts.append(f"bound {search.preemptions_max}")
    if search.cut_deviations:
        parts.append(f"{search.deviations_max} deviating answers on other streams")
    if restricted:
        parts.append("the orders within Limits.candidates_max and io_horizon_s")
    if parts:
        return " and ".join(parts)
    return "every schedule" + (", one for each set of equivalent ones," if search.reduce else "")


def _after(exploration: Exploration, before: int) -> Exploration:
    """The same outcome, counted with the schedules of the smaller bounds."""
    if isinstance(exploration, Violated):
        return Violated(exploration.result, exploration.schedules + before)
    if isinstance(exploration, Inconclusive):
        return Inconclusive(exploration.why, exploration.schedules + before)
    return exploration
