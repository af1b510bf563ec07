"""A load run from beginning to end: database, Cal.com, gateways, callers, healing, reconciliation, verdict."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.profiles import Promise, profiles
from scenarios.checkers import broken_promises
from scenarios.load.aftermath import look_back, reconcile
from scenarios.load.calcom_doors import CalcomDoors
from scenarios.load.callers import RETELL_TRIES, Heard, call_all
from scenarios.load.databases import database_of
from scenarios.load.fleet import Fleet
from scenarios.load.latency import CALCOM_METRIC, LAYER_METRIC, Latency, by_label, measured
from scenarios.load.processes import Served, answering, refuse_dead, serving_calcom, serving_gateway
from scenarios.load.settings import LoadSettings, fault_rules, world
from scenarios.load.webhooks import WebhookCounts

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of it. `broken` holds every promise's sentences; what the profile vouches for is `promised`."""

    settings: LoadSettings
    seconds: float
    answers: int
    unanswered: int
    http_errors: tuple[int, ...]
    given_up: int
    statuses: dict[str, int]
    faults: dict[str, int]
    rounds: int
    appointments: int
    bookings: int
    broken: dict[Promise, list[str]]
    unsettled: list[str]
    callers: Latency | None
    layers: dict[str, Latency]
    calcom: dict[str, Latency]
    webhooks: WebhookCounts

    @property
    def promised(self) -> frozenset[Promise]:
        """What the profile vouches for."""
        return profiles()[self.settings.profile].promises

    @property
    def violations(self) -> list[str]:
        """Broken promises of this profile."""
        return [f"{p}: {line}" for p, lines in self.broken.items() if p in self.promised for line in lines]

    @property
    def unheard(self) -> list[str]:
        """Where nothing is made to fail, everybody gets an answer in the end."""
        if self.settings.faults or not self.given_up:
            return []
        return [f"without faults, {self.given_up} requests got no usable answer in {RETELL_TRIES} tries each"]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


async def run_load(settings: LoadSettings, tell: Tell = lambda _: None) -> LoadResult:
    """Raises UsageError for a database that cannot be used, ProcessFailedError when a process fails."""
    async with AsyncExitStack() as stack:
        # The folder goes last, when nothing writes into it any more.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slotproof-load-")))
        tell("making the database")
        url, engine = await stack.enter_async_context(database_of(settings, folder))
        tell("starting the processes")
        world_file = folder / "world.json"
        await asyncio.to_thread(world_file.write_text, json.dumps(world()))
        calcom = await stack.enter_async_context(serving_calcom(folder, world_file, settings.seed))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        return await _Run(settings, tell, folder, calcom, http).against(url, engine)


class _Run:
    """One run on a database and a Cal.com that stand."""

    def __init__(
        self, settings: LoadSettings, tell: Tell, folder: Path, calcom: Served, http: aiohttp.ClientSession
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._folder = folder
        self._calcom = calcom
        self._http = http
        self._doors = CalcomDoors(calcom.url, http)
        self._heard = Heard()
        self._subscriptions: list[str] = []  # of each gateway, by place

    async def against(self, database: str, engine: AsyncEngine) -> LoadResult:
        """Load, heal, reconcile, judge."""
        seconds, faults, metrics = await self._with_gateways(database)
        async with answering(lambda: [self._calcom], self._folder):
            self._tell("reconciling")
            rounds = await reconcile(self._settings, engine, self._calcom.url, self._http)
            self._tell("judging")
            left = await look_back(self._heard, engine, self._doors, self._settings.profile)
        return LoadResult(
            settings=self._settings,
            seconds=seconds,
            answers=len(self._heard.responses),
            unanswered=self._heard.unanswered,
            http_errors=tuple(self._heard.http_errors),
            given_up=self._heard.given_up,
            statuses=dict(Counter(answer.status for answer in self._heard.responses).most_common()),
            faults=faults,
            rounds=rounds,
            appointments=len(left.seen.appointments),
            bookings=len(left.seen.bookings),
            broken=broken_promises(left.seen),
            unsettled=left.unsettled,
            callers=measured(self._heard.seconds),
            layers=by_label(metrics, LAYER_METRIC, "layer"),
            calcom=by_label(metrics, CALCOM_METRIC, "operation"),
            webhooks=left.webhooks,
        )

    async def _with_gateways(self, database: str) -> tuple[float, dict[str, int], list[str]]:
        """As `_load`, and every gateway's metrics, of the killed one too."""
        async with AsyncExitStack() as stack:
            fleet = Fleet(stack, lambda n: serving_gateway(n, self._folder, self._settings, database, self._calcom.url))
            for _ in range(self._settings.gateways):
                await fleet.add()
            async with answering(lambda: [self._calcom, *fleet.gateways], self._folder):
                self._subscriptions = [await self._doors.subscribe(url) for url in fleet.urls]
                seconds, faults = await self._load(fleet)
                await self._doors.deliveries()  # what Cal.com has still to tell, it tells while somebody listens
                metrics = [*fleet.last_metrics, *[await self._metrics(url) for url in fleet.urls]]
        return seconds, faults, metrics

    async def _load(self, fleet: Fleet) -> tuple[float, dict[str, int]]:
        """How long the callers took, and how often each fault struck; healed afterwards."""
        if self._settings.faults:
            await self._doors.add_faults(fault_rules(self._settings.seed))
        self._tell("calling")
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(call_all(self._settings, fleet.urls, self._heard))
                if self._settings.faults:
                    tasks.create_task(self._crash_one(fleet))
        except ExceptionGroup as failed:  # the first failure ended the other task
            raise failed.exceptions[0] from failed.exceptions[0].__cause__
        refuse_dead([self._calcom, *fleet.gateways], self._folder)
        seconds = time.monotonic() - began
        return seconds, await self._doors.heal() | {"gateway killed": fleet.crashes}

    async def _crash_one(self, fleet: Fleet) -> None:
        """In the middle of it all the first gateway's process is killed and another takes its place.

        Until it is up, Cal.com's webhooks to it find nobody.
        """
        await asyncio.sleep(self._settings.seconds / 2)
        fleet.last_metrics.append(await self._metrics(fleet.urls[0]))
        await fleet.crash(0)
        await self._doors.move_subscription(self._subscriptions[0], fleet.urls[0])

    async def _metrics(self, url: str) -> str:
        async with self._http.get(f"{url}/metrics") as answer:
            return await answer.text()
