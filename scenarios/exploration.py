"""Runs a scenario under every schedule of a strategy; keeps what it finds as a file that shows it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity
from booking_core.storage.engines import SqliteMode
from scenarios.errors import UsageError
from scenarios.registry import UnknownScenarioError, find
from scenarios.report.json_report import facts
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre
from simulator.bundle import Bundle, Origin, make_bundle
from simulator.explore import Exploration, explore_all, explore_randomly, pct_scheduler
from simulator.recording import Recording
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
    """One scenario under one set of settings, to be run under any scheduler. `on_run` hears of every run."""

    def __init__(
        self, theatre: Theatre, scenario: Scenario, settings: Settings, on_run: Callable[[], None] = lambda: None
    ) -> None:
        self._theatre = theatre
        self._on_run = on_run
        self.scenario = scenario
        self.settings = settings

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""
        self._on_run()
        return self._theatre.run(self.scenario, self.settings, scheduler, seed).result

    def explore(self, search: Search) -> Exploration:
        """Search until something is violated, or the strategy has nothing left."""
        if search.strategy is Strategy.EXHAUSTIVE:
            return explore_all(self.run, preemptions_max=search.preemptions, schedules_max=search.schedules)
        if search.strategy is Strategy.PCT:
            return explore_randomly(self.run, range(search.schedules), scheduler_of=pct_scheduler)
        return explore_randomly(self.run, range(search.schedules))

    def bundle(self, failing: RunResult, path: Path) -> Bundle:
        """Shrink the failure and put everything about it into one file."""
        context = settings_to_context(self.scenario, self.settings)
        origin = Origin(
            target="scenarios.exploration:run_again",
            command=f"slotproof replay {path}",
            context=context,
            evidence=lambda result: {"rows": self._rows_of(result)},
        )
        made = make_bundle(lambda scheduler: self.run(scheduler, failing.seed), failing, origin)
        bundle = replace(made, regression_test=regression_test(made, context))
        bundle.save(path)
        return bundle

    def _rows_of(self, result: RunResult) -> dict[str, Any]:
        """What the run left; it is run once more to see it."""
        answers = FromList([decision.chosen for decision in result.decisions])
        return facts(self._theatre.run(self.scenario, self.settings, answers, result.seed).seen)


def run_again(context: Mapping[str, Any], answers: Sequence[int], seed: int) -> RunResult:
    """A recorded failure's decisions in its own world: what a regression test written out by `explore` calls."""
    with Theatre() as theatre:
        return Explorer(theatre, *settings_from_context(context)).run(FromList(answers), seed)


def regression_test(bundle: Bundle, context: Mapping[str, Any]) -> str:
    """A pytest module that runs the shrunk decisions again and expects the failure to be gone."""
    answers = [decision.chosen for decision in bundle.recording.decisions]
    while answers and not answers[-1]:
        answers.pop()
    name = f"{context['scenario']}_{context['profile']}".replace("-", "_")
    return f'''"""Regression: {bundle.sentence}."""

from scenarios.exploration import run_again

CONTEXT = {dict(context)!r}


def test_{name}_holds_in_the_order_that_once_broke_it() -> None:
    result = run_again(CONTEXT, {answers}, seed={bundle.recording.seed})

    assert result.verdict is Verdict.VALID, result.reason
'''


def bundle_path(explorer: Explorer) -> Path:
    """Where the failure of these settings is kept: one file a question, here."""
    context = json.dumps(settings_to_context(explorer.scenario, explorer.settings), sort_keys=True)
    name = hashlib.blake2b(context.encode(), digest_size=4).hexdigest()
    return Path(f"slotproof-{explorer.scenario.id}-{name}.json")


def settings_to_context(scenario: Scenario, settings: Settings) -> dict[str, Any]:
    """What a recording must know to build the same world again, as JSON values."""
    return {
        "scenario": scenario.id,
        "profile": settings.profile,
        "entry": str(settings.entry),
        "identity": None if settings.identity is None else str(settings.identity),
        "without": sorted(int(layer) for layer in settings.without),
        "skew": settings.skew_s,
        "seed": settings.seed,
        "sqlite_mode": str(settings.sqlite_mode),
    }


def settings_from_recording(recording: Recording) -> tuple[Scenario, Settings]:
    """The world of a recording; UsageError when it is of another program or another time."""
    return settings_from_context(recording.context)


def settings_from_context(context: Mapping[str, Any]) -> tuple[Scenario, Settings]:
    """The world that a context names; UsageError when there is no such world."""
    try:
        settings = Settings(
            profile=str(context["profile"]),
            entry=Entry(context["entry"]),
            identity=None if context["identity"] is None else AttendeeIdentity(context["identity"]),
            without=frozenset(Layer(number) for number in context["without"]),
            skew_s=context["skew"],
            seed=int(context["seed"]),
            sqlite_mode=SqliteMode(context["sqlite_mode"]),
        )
        return find(str(context["scenario"])), settings
    except (KeyError, ValueError, TypeError, UnknownScenarioError) as problem:
        raise UsageError(f"the recording's context is not ours: {problem}") from None
