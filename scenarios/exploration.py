"""Runs a world under every schedule of a strategy; keeps what it finds as a file that shows it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from scenarios.errors import UsageError
from scenarios.explorable import Explorable, world_of
from scenarios.theatre import Theatre
from simulator.bundle import Bundle, Origin, make_bundle
from simulator.explore import Exploration, explore_all, explore_randomly, pct_scheduler
from simulator.schedulers.from_list import FromList
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult


class Strategy(StrEnum):
    """How schedules are chosen."""

    RANDOM = "random"  # uniform and PCT in turn
    PCT = "pct"
    EXHAUSTIVE = "exhaustive"


@dataclass(frozen=True, slots=True)
class Search:
    """How far to look. `schedules` is the number of seeds, or for the exhaustive search the most it may run."""

    strategy: Strategy = Strategy.RANDOM
    schedules: int = 1_000
    preemptions: int = 2


class Explorer:
    """One world, to be run under any scheduler. `on_run` hears of every run."""

    def __init__(self, world: Explorable, on_run: Callable[[], None] = lambda: None) -> None:
        self.world = world
        self._on_run = on_run

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""
        self._on_run()
        return self.world.run(scheduler, seed)

    def explore(self, search: Search) -> Exploration:
        """Search until something is violated, or the strategy has nothing left."""
        if search.strategy is Strategy.EXHAUSTIVE:
            return explore_all(self.run, preemptions_max=search.preemptions, schedules_max=search.schedules)
        if search.strategy is Strategy.PCT:
            return explore_randomly(self.run, range(search.schedules), scheduler_of=pct_scheduler)
        return explore_randomly(self.run, range(search.schedules))

    def bundle(self, failing: RunResult, path: Path) -> Bundle:
        """Shrink the failure and put everything about it into one file; UsageError when it cannot be written."""
        origin = Origin(
            target="scenarios.exploration:run_again",
            command=f"slotproof replay {path}",
            context=self.world.context,
            evidence=self.world.evidence,
        )
        made = make_bundle(lambda scheduler: self.run(scheduler, failing.seed), failing, origin)
        bundle = replace(made, regression_test=regression_test(made, self.world))
        try:
            bundle.save(path)
        except OSError as problem:
            raise UsageError(f"cannot write {path}: {problem.strerror}") from None
        return bundle


def run_again(context: Mapping[str, Any], answers: Sequence[int], seed: int) -> RunResult:
    """A recorded failure's decisions in its own world: what a regression test written out by `explore` calls."""
    with Theatre() as theatre:
        return world_of(theatre, context).run(FromList(answers), seed)


def regression_test(bundle: Bundle, world: Explorable) -> str:
    """A pytest module that runs the shrunk decisions again and expects the failure to be gone."""
    answers = [decision.chosen for decision in bundle.recording.decisions]
    while answers and not answers[-1]:
        answers.pop()
    return _REGRESSION_TEST.format(
        sentence=bundle.sentence,
        context=dict(world.context),
        name=world.id.replace("-", "_"),
        answers=answers,
        seed=bundle.recording.seed,
    )


_REGRESSION_TEST = '''"""Regression: {sentence}."""

from scenarios.exploration import run_again
from simulator.checker import Verdict

CONTEXT = {context!r}


def test_{name}_holds_in_the_order_that_once_broke_it() -> None:
    result = run_again(CONTEXT, {answers}, seed={seed})

    assert result.verdict is Verdict.VALID, result.reason
'''


def bundle_path(world: Explorable) -> Path:
    """Where the failure of this world is kept: one file a question, here."""
    context = json.dumps(dict(world.context), sort_keys=True)
    name = hashlib.blake2b(context.encode(), digest_size=4).hexdigest()
    return Path(f"slotproof-{world.id}-{name}.json")
