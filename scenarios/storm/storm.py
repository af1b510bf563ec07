"""Raises storms: enter it, then `run` as often as you like. What many runs share is made once and kept here."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from booking_core.migrations.schema import LATEST, WITHOUT_UNIQUE_KEY
from scenarios.observation import Observation
from scenarios.storm.aftermath import Aftermath
from scenarios.storm.checkers import storm_checkers
from scenarios.storm.fleet import Fleet, open_fleet
from scenarios.storm.settings import StormSettings
from scenarios.storm.world import STARTS_AT, StormWorld
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.frozen_time import FrozenTime
from simulator.explore import swarm_scheduler
from simulator.limits import Limits
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult, Simulation

HORIZON = 600  # schedule questions of a usual run: measured, for PCT
_LIMITS = Limits(virtual_s_max=6 * 3_600.0, trace_events_max=8_000)


@dataclass(frozen=True, slots=True)
class StormRun:
    """One run: the simulator's result, and what was observed."""

    result: RunResult
    seen: Observation


class Storm:
    """The whole system under one set of settings."""

    def __init__(self, settings: StormSettings) -> None:
        self.settings = settings
        self._frozen = FrozenTime()
        self._exit = ExitStack()
        self._fleet: Fleet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fleet is not None:
            self._fleet.close(self._frozen)
            self._fleet = None
        self._exit.close()

    def run_seed(self, seed: int) -> StormRun:
        """The storm of this seed, in which the seed draws which faults exist."""
        return self.run(swarm_scheduler(seed, HORIZON), seed)

    def run(self, scheduler: Scheduler, seed: int) -> StormRun:
        """One storm under that scheduler."""
        fleet = self._open_fleet()
        fleet.begin()
        left = Aftermath()
        simulation = Simulation(
            StormWorld(self.settings, fleet, left),
            scheduler=scheduler,
            seed=seed,
            start=STARTS_AT,
            limits=_LIMITS,
            environment=[self._frozen.environment, mended, fleet.store.environment],
            checkers=storm_checkers(self.settings.effective_profile(), left),
        )
        result = simulation.run()
        fleet.mend(self._frozen)
        return StormRun(result, left.seen)

    def _open_fleet(self) -> Fleet:
        if self._fleet is None:
            self._exit.enter_context(self._frozen)
            revision = LATEST if self.settings.effective_profile().unique_key else WITHOUT_UNIQUE_KEY
            self._fleet = open_fleet(revision, self.settings.sqlite_mode, self._frozen)
        return self._fleet
