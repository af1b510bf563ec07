"""Where performances take place: what many of them share is made once and kept here.

A theatre keeps freezegun started and the migrated schemas as bytes, so that a replay costs milliseconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations.schema import WITHOUT_UNIQUE_KEY
from booking_core.storage.engines import SqliteMode
from scenarios import databases
from scenarios.backstage import Performance, gateway_parts, look_back, open_calcom
from scenarios.checkers import PromiseChecker
from scenarios.errors import PerformanceFailedError
from scenarios.observation import Observation
from scenarios.processes import CalcomProcess, GatewayProcess
from scenarios.scenario import FILE_PREFIX, MEMORY, Scenario, Settings
from scenarios.stage import Stage
from scenarios.venue import HEAD, Venue, open_venue
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.frozen_time import FrozenTime
from simulator.limits import Limits
from simulator.node import Node
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult, Simulation

T = TypeVar("T")

# One caller after another, and no latency: the recorded instants leave no time for any.
_SEQUENTIAL = Limits(choice_points_min=0, io_duration_s=0.0, virtual_s_max=10 * 86_400.0)


@dataclass(frozen=True, slots=True)
class SystemRun:
    """One run of the whole system: the simulator's result, and what was observed."""

    result: RunResult
    seen: Observation


class Theatre:
    """Enter it, then `perform` or `run` as often as you like."""

    def __init__(self) -> None:
        self._frozen = FrozenTime()
        self._venues: dict[tuple[str, SqliteMode], Venue] = {}
        self._real_seconds = time.perf_counter  # taken before freezegun replaces the name
        self._exit = ExitStack()
        self._furniture = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._furniture.close()
        while self._venues:
            self._venues.popitem()[1].close(self._frozen)
        self._exit.close()

    def stopwatch(self) -> float:
        """Seconds of the machine's own clock, while everything else sees the replay's."""
        return self._real_seconds()

    def frozen_environment(self, simulation: Simulation) -> AbstractContextManager[None]:
        """freezegun, kept started, shows a simulation's clock: for a world that is not the whole system."""
        return self._frozen.environment(simulation)

    def furnish(self, make: Callable[[FrozenTime], T], close: Callable[[T, FrozenTime], object]) -> T:
        """Make something that many runs share, under the started freezegun; it is closed with the theatre."""
        self._start_frozen_time()
        made = make(self._frozen)
        self._furniture.callback(close, made, self._frozen)
        return made

    def perform(self, scenario: Scenario, settings: Settings) -> Performance:
        """Play the scenario once, in plain order. Raises DatabaseUnusableError before anything was played."""
        if settings.on_server:
            from scenarios.real_database import perform_on_server

            return perform_on_server(scenario, settings)
        run = self.run(scenario, settings, Plain(), settings.seed, _SEQUENTIAL)
        if run.result.error is not None:
            raise PerformanceFailedError(f"{scenario.id}: {run.result.reason}") from run.result.error
        if settings.database != MEMORY:
            path = Path(settings.database.removeprefix(FILE_PREFIX))
            databases.keep(self._venue(settings).store.snapshot(), path)
        return Performance(run.seen, run.result.digest, run.result.virtual_s, run.result.events)

    def run(
        self, scenario: Scenario, settings: Settings, scheduler: Scheduler, seed: int, limits: Limits | None = None
    ) -> SystemRun:
        """The whole system once under that scheduler, judged by what the profile promises."""
        seen = Observation()
        venue = self._venue(settings)
        simulation = Simulation(
            partial(_world, scenario, settings, venue.engine, seen),
            scheduler=scheduler,
            seed=seed,
            start=scenario.starts_at,
            limits=limits or Limits(),
            environment=[self._frozen.environment, mended, venue.store.environment],
            checkers=[PromiseChecker(promise, seen) for promise in sorted(settings.effective_profile().promises)],
        )
        seen.events_so_far = lambda: simulation.trace.length
        result = simulation.run()
        if not venue.is_reusable:
            del self._venues[_kind(settings)]
            venue.close(self._frozen)
        return SystemRun(result, seen)

    def _venue(self, settings: Settings) -> Venue:
        kind = _kind(settings)
        if not self._venues:  # not before: a server's driver must be imported under the real clock
            self._start_frozen_time()
        if kind not in self._venues:
            self._venues[kind] = open_venue(*kind, self._frozen)
        return self._venues[kind]

    def _start_frozen_time(self) -> None:
        """Start freezegun, again if need be: it knows the modules that were loaded when it started."""
        self._exit.close()
        self._exit.enter_context(self._frozen)


def _kind(settings: Settings) -> tuple[str, SqliteMode]:
    revision = HEAD if settings.effective_profile().unique_key else WITHOUT_UNIQUE_KEY
    return revision, settings.sqlite_mode


async def _world(
    scenario: Scenario, settings: Settings, engine: AsyncEngine, seen: Observation, simulation: Simulation
) -> None:
    """Cal.com and the gateway on nodes of their own, the callers outside; then look at what is left."""
    skew_s = scenario.skew_s if settings.skew_s is None else settings.skew_s
    calcom_node, gateway_node = simulation.node("calcom", skew_s), simulation.node("gateway")
    network = MemoryNetwork(scenario.rules)
    company = open_calcom(scenario, settings, partial(simulation.clock.now, calcom_node))
    calcom = CalcomProcess(network, company.fake)
    gateway = GatewayProcess(network, gateway_parts(scenario, settings, company, engine, seen))
    async with (
        _running(calcom_node, calcom),
        _running(gateway_node, gateway),
        aiohttp.ClientSession(connector=network.connector("retell")) as http,
    ):
        await scenario.play(_stage(scenario, settings, simulation, http, seen))
        await look_back(seen, engine=engine, company=company, http=http, calcom_ahead_s=skew_s)


@asynccontextmanager
async def _running(node: Node, process: CalcomProcess | GatewayProcess) -> AsyncIterator[None]:
    """The process on its node, stopped however the run ends."""
    await node.spawn(process.start)
    try:
        yield
    finally:
        if node.alive:
            await node.spawn(process.stop)


def _stage(
    scenario: Scenario, settings: Settings, simulation: Simulation, http: aiohttp.ClientSession, seen: Observation
) -> Stage:
    return Stage(
        calls=scenario.calls(settings.seed),
        entry=settings.entry,
        seed=settings.seed,
        http=http,
        now=simulation.clock.now,
        wait_until=_waiter(simulation.clock.now),
        seen=seen,
    )


def _waiter(now: Callable[[], datetime]) -> Callable[[datetime], Awaitable[None]]:
    async def wait_until(instant: datetime) -> None:
        """Sleep; a float of seconds may end a microsecond early, so look again."""
        while (left := instant - now()) > timedelta(0):  # noqa: ASYNC110 - time itself is what is waited for
            await asyncio.sleep(left / timedelta(seconds=1))

    return wait_until
