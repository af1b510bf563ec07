"""What can be explored: a world that runs under any scheduler and can be built again from what a recording says.

A new kind of world is a class with these four members, and a line in `worlds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity
from booking_core.storage.engines import SqliteMode
from scenarios.errors import UsageError
from scenarios.registry import find
from scenarios.report.json_report import facts
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import SystemRun, Theatre
from simulator.schedulers.from_list import FromList
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult


class Explorable(Protocol):
    """One world under one set of settings."""

    @property
    def id(self) -> str:
        """Its name, as a user writes it."""

    @property
    def context(self) -> Mapping[str, Any]:
        """What is needed to build the same world again, as JSON values; `kind` names the kind of world."""

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""

    def evidence(self, result: RunResult) -> Mapping[str, Any]:
        """What that run left, as JSON values."""


Build = Callable[[Theatre, Mapping[str, Any]], Explorable]


def worlds() -> dict[str, Build]:
    """Every kind of world: how it is built from a recording's context."""
    from scenarios.races.check_then_insert import CheckThenInsert
    from scenarios.storm.fuzzing import ProgramWorld
    from scenarios.storm.mishaps import MishapWorld
    from scenarios.storm.storm import Storm

    return {
        "scenario": ScenarioWorld.of_context,
        "check-then-insert": CheckThenInsert.of_context,
        "storm": Storm.of_context,
        "mishap": MishapWorld.of_context,
        "program": ProgramWorld.of_context,
    }


def world_of(theatre: Theatre, context: Mapping[str, Any]) -> Explorable:
    """The world of a recording; UsageError when it is of another program or another time."""
    try:
        return worlds()[str(context["kind"])](theatre, context)
    except (LookupError, ValueError, TypeError) as problem:
        raise UsageError(f"the recording's context is not ours: {problem}") from None


class ScenarioWorld:
    """A scenario on the whole system."""

    def __init__(self, theatre: Theatre, scenario: Scenario, settings: Settings) -> None:
        self._theatre = theatre
        self._scenario = scenario
        self._settings = settings
        self.id = scenario.id

    @classmethod
    def of_context(cls, theatre: Theatre, context: Mapping[str, Any]) -> ScenarioWorld:
        """From what a recording says."""
        settings = Settings(
            profile=str(context["profile"]),
            entry=Entry(context["entry"]),
            identity=None if context["identity"] is None else AttendeeIdentity(context["identity"]),
            without=frozenset(Layer(number) for number in context["without"]),
            skew_s=context["skew"],
            seed=int(context["seed"]),
            sqlite_mode=SqliteMode(context["sqlite_mode"]),
        )
        return cls(theatre, find(str(context["scenario"])), settings)

    @property
    def context(self) -> dict[str, Any]:
        """The scenario's id and its settings."""
        settings = self._settings
        return {
            "kind": "scenario",
            "scenario": self.id,
            "profile": settings.profile,
            "entry": str(settings.entry),
            "identity": None if settings.identity is None else str(settings.identity),
            "without": sorted(int(layer) for layer in settings.without),
            "skew": settings.skew_s,
            "seed": settings.seed,
            "sqlite_mode": str(settings.sqlite_mode),
        }

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run, judged by what the profile promises."""
        return self.watch(scheduler, seed).result

    def watch(self, scheduler: Scheduler, seed: int) -> SystemRun:
        """The same, with what was observed."""
        return self._theatre.run(self._scenario, self._settings, scheduler, seed)

    def evidence(self, result: RunResult) -> dict[str, Any]:
        """The rows and answers at the end; the run is repeated to see them."""
        answers = FromList([decision.chosen for decision in result.decisions])
        return {"observed": facts(self.watch(answers, result.seed).seen)}
