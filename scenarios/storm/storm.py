"""Raises storms: `run_seed` as often as you like. What many runs share is made once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from booking_core.migrations.schema import LATEST, WITHOUT_UNIQUE_KEY
from scenarios.observation import Observation
from scenarios.report.json_report import facts
from scenarios.storm.aftermath import Aftermath
from scenarios.storm.checkers import storm_checkers
from scenarios.storm.fleet import Fleet, open_fleet
from scenarios.storm.script import DrawnScript, Script
from scenarios.storm.settings import KIND, StormSettings, settings_from_context
from scenarios.storm.world import STARTS_AT, StormWorld
from scenarios.theatre import Theatre
from simulator.adapters.aiohttp_mends import mended
from simulator.explore import swarm_scheduler
from simulator.limits import Limits
from simulator.schedulers.from_list import FromList
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult, Simulation

HORIZON = 400  # schedule questions of a usual run: measured, for PCT
LIMITS = Limits(virtual_s_max=6 * 3_600.0, trace_events_max=8_000)


@dataclass(frozen=True, slots=True)
class StormRun:
    """One run: the simulator's result, and what was observed."""

    result: RunResult
    seen: Observation


class Storm:
    """The whole system under one set of settings: an `Explorable`, in a theatre that keeps what runs share."""

    id = KIND

    def __init__(self, theatre: Theatre, settings: StormSettings) -> None:
        self.settings = settings
        self._theatre = theatre
        self._fleet: Fleet | None = None

    @classmethod
    def of_context(cls, theatre: Theatre, context: Mapping[str, Any]) -> Storm:
        """From what a recording says."""
        return cls(theatre, settings_from_context(context))

    @property
    def context(self) -> dict[str, Any]:
        """The settings."""
        return self.settings.to_context()

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One storm under that scheduler."""
        return self.watch(scheduler, seed).result

    def evidence(self, result: RunResult) -> dict[str, Any]:
        """The rows and answers at the end; the run is repeated to see them."""
        answers = FromList([decision.chosen for decision in result.decisions])
        return {"observed": facts(self.watch(answers, result.seed).seen)}

    def run_seed(self, seed: int) -> RunResult:
        """The storm of this seed, in which the seed draws which faults exist."""
        return self.run(swarm_scheduler(seed, HORIZON), seed)

    def watch(self, scheduler: Scheduler, seed: int) -> StormRun:
        """One storm, with what was observed in it."""
        return self.play(DrawnScript(self.settings.callers, calm=self.settings.calm), scheduler, seed)

    def play(self, script: Script, scheduler: Scheduler, seed: int, limits: Limits = LIMITS) -> StormRun:
        """A script in this storm's world, judged as every storm is."""
        profile = self.settings.effective_profile()
        fleet = self._open_fleet()
        fleet.begin()
        left = Aftermath()
        simulation = Simulation(
            StormWorld(profile, script, fleet, left),
            scheduler=scheduler,
            seed=seed,
            start=STARTS_AT,
            limits=limits,
            environment=[self._theatre.frozen_environment, mended, fleet.store.environment],
            checkers=storm_checkers(profile, left),
        )
        left.seen.events_so_far = lambda: simulation.trace.length
        result = simulation.run()
        fleet.mend()
        return StormRun(result, left.seen)

    def _open_fleet(self) -> Fleet:
        if self._fleet is None:
            revision = LATEST if self.settings.effective_profile().unique_key else WITHOUT_UNIQUE_KEY
            self._fleet = self._theatre.furnish(
                partial(open_fleet, revision, self.settings.sqlite_mode), lambda fleet, _: fleet.close()
            )
        return self._fleet
