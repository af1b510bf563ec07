"""Where performances take place: what many of them share is made once and kept here.

A theatre keeps freezegun started and the migrated schemas as bytes, so that a replay costs milliseconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp

from booking_core.migrations.schema import WITHOUT_UNIQUE_KEY, schema_template_bytes
from booking_core.storage.engines import create_engine
from scenarios import databases
from scenarios.backstage import Performance, add_the_service, gateway_parts, look_back, open_calcom
from scenarios.checkers import PromiseChecker
from scenarios.errors import PerformanceFailedError
from scenarios.observation import Observation
from scenarios.processes import CalcomProcess, GatewayProcess
from scenarios.scenario import Scenario, Settings
from scenarios.stage import Stage
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions, connector
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import SqliteStore
from simulator.limits import Limits
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult, Simulation

# One caller after another, and no latency: the recorded instants leave no time for any.
_SEQUENTIAL = Limits(choice_points_min=0, io_duration_s=0.0, virtual_s_max=10 * 86_400.0)
HEAD = "head"


@dataclass(frozen=True, slots=True)
class SystemRun:
    """One run of the whole system: the engine's result, what was observed, the database's file at the end."""

    result: RunResult
    seen: Observation
    rows: bytes


class Theatre:
    """Enter it, then `perform` as often as you like."""

    def __init__(self) -> None:
        self._frozen = FrozenTime()
        self._schemas: dict[str, bytes] = {}
        self._real_seconds = time.perf_counter  # taken before freezegun replaces the name
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        self._exit.enter_context(self._frozen)
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def stopwatch(self) -> float:
        """Seconds of the machine's own clock, while everything else sees the replay's."""
        return self._real_seconds()

    def perform(self, scenario: Scenario, settings: Settings) -> Performance:
        """Play the scenario once, in plain order. Raises DatabaseUnusableError before anything was played."""
        if databases.is_server(settings.database):
            from scenarios.real_database import perform_on_server

            return perform_on_server(scenario, settings)
        run = self.run(scenario, settings, Plain(), settings.seed, _SEQUENTIAL)
        if run.result.error is not None:
            raise PerformanceFailedError(f"{scenario.id}: {run.result.reason}") from run.result.error
        if settings.database != databases.MEMORY:
            databases.keep(run.rows, Path(settings.database.removeprefix(databases.FILE_PREFIX)))
        return Performance(run.seen, run.result.digest, run.result.virtual_s)

    def run(
        self, scenario: Scenario, settings: Settings, scheduler: Scheduler, seed: int, limits: Limits | None = None
    ) -> SystemRun:
        """The whole system once under that scheduler, judged by what the profile promises."""
        seen = Observation()
        promised = settings.effective_profile().promises
        with SqliteStore(self._schema(settings)) as store:
            simulation = Simulation(
                partial(_world, scenario, settings, store, seen),
                scheduler=scheduler,
                seed=seed,
                start=scenario.starts_at,
                limits=limits or Limits(),
                environment=[self._frozen.environment, mended, partial(_sql_functions, store)],
                checkers=[PromiseChecker(promise, seen) for promise in sorted(promised)],
            )
            result = simulation.run()
            return SystemRun(result, seen, store.snapshot())

    def _schema(self, settings: Settings) -> bytes:
        revision = HEAD if settings.effective_profile().unique_key else WITHOUT_UNIQUE_KEY
        if revision not in self._schemas:
            self._schemas[revision] = schema_template_bytes(revision)
        return self._schemas[revision]


async def _world(
    scenario: Scenario, settings: Settings, store: SqliteStore, seen: Observation, simulation: Simulation
) -> None:
    """Cal.com and the gateway on nodes of their own, the callers outside; then look at what is left."""
    skew_s = scenario.skew_s if settings.skew_s is None else settings.skew_s
    calcom_node, gateway_node = simulation.node("calcom", skew_s), simulation.node("gateway")
    network = MemoryNetwork()
    company = open_calcom(scenario, settings, partial(simulation.clock.now, calcom_node))
    inline = InlineSettings(transactions=Transactions(settings.sqlite_mode))
    engine = create_engine("sqlite:///replay", sqlite_mode=settings.sqlite_mode, async_creator=connector(store, inline))
    await add_the_service(engine)
    calcom = CalcomProcess(network, company.fake)
    gateway = GatewayProcess(network, gateway_parts(scenario, settings, company, engine, seen))
    await calcom_node.spawn(calcom.start)
    await gateway_node.spawn(gateway.start)
    async with aiohttp.ClientSession(connector=network.connector("retell")) as http:
        await scenario.play(_stage(scenario, settings, simulation, http, seen))
        await look_back(seen, engine=engine, company=company, http=http, calcom_ahead_s=skew_s)
    await gateway_node.spawn(gateway.stop)
    await calcom_node.spawn(calcom.stop)
    await engine.dispose()


def _sql_functions(store: SqliteStore, simulation: Simulation) -> AbstractContextManager[None]:
    """SQLite's own clock and chance are the run's."""
    return store.functions.driven_by(simulation.clock.now, simulation.choices.random("sqlite"))


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
