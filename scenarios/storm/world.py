"""One run from beginning to end: open, play, heal, settle, look back, close."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp

from booking_core.ports.world import Observer
from booking_core.profiles import Profile
from booking_core.settings import Settings
from fake_calcom import FakeCalcom
from scenarios.backstage import SHARED_EMAIL, WEBHOOK_SECRET, Company, look_back
from scenarios.incidents.facts import company as incidents_company
from scenarios.incidents.facts import utc
from scenarios.processes import CALCOM_URL
from scenarios.stage import RETELL_KEY
from scenarios.storm.aftermath import Aftermath, occupations
from scenarios.storm.callers import Callers
from scenarios.storm.creates import CreateListener
from scenarios.storm.fleet import Fleet
from scenarios.storm.nodes import Calcom, Gateway, NetworkSender, SchedulerWindow
from scenarios.storm.script import Conditions, Scene, Script
from scenarios.witness import Witness
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.http_faults import HttpFaults
from simulator.node import Node
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from booking_core.service.reconcile import ReconcileReport

STARTS_AT = utc("2025-10-06T09:00:00.000Z")
QUIET_S = 200.0  # longer than the largest skew and a request under way: then nothing is too young to be judged
ROUND_S = 61.0  # longer than Cal.com's block after a 429 and the breaker's recovery
ROUNDS_MAX = 10
REPAIRS_EVERY_S = 60.0


@dataclass(slots=True)
class StormWorld:
    """The world of one run; `left` is filled for the checkers."""

    profile: Profile
    script: Script
    fleet: Fleet
    left: Aftermath

    async def __call__(self, simulation: Simulation) -> None:
        """The run."""
        conditions = self.script.conditions(simulation.choices)
        network = MemoryNetwork(conditions.rules)
        company, calcom = self._open_calcom(simulation, network, conditions.calcom_skew_s)
        gateways = self._gateways(simulation, network, conditions, company)
        calcom.node.start(calcom.live)
        for gateway in gateways:
            gateway.node.start(gateway.live)
        async with aiohttp.ClientSession(connector=network.connector("retell")) as http:
            await self.script.play(Scene(simulation, network, gateways, self._callers(simulation, http, gateways)))
            network.faults = HttpFaults()
            for gateway in gateways:
                gateway.stop_repairs()
            if self.profile.reconciliation:
                await _settle(gateways)
            await self._look_back(company, http, conditions.calcom_skew_s)
        await _stop(calcom, gateways)
        self.left.mishaps.close()

    def _callers(self, simulation: Simulation, http: aiohttp.ClientSession, gateways: list[Gateway]) -> Callers:
        hosts = [gateway.host for gateway in gateways]
        return Callers(http, hosts, simulation.clock.now, simulation.history, self.left.seen)

    async def _look_back(self, company: Company, http: aiohttp.ClientSession, ahead_s: float) -> None:
        seen = self.left.seen
        await look_back(seen, engine=self.fleet.observer, company=company, http=http, calcom_ahead_s=ahead_s)
        self.left.occupations += occupations(company.fake, seen, ahead_s)

    def _open_calcom(self, simulation: Simulation, network: MemoryNetwork, ahead_s: float) -> tuple[Company, Calcom]:
        node = simulation.node("calcom", ahead_s)
        sender = NetworkSender()
        fake = FakeCalcom(
            clock=_NodeClock(simulation, node),
            seed=simulation.seed,
            webhook_sender=sender,
            barrier=SchedulerWindow(simulation.loop.io_point),
        )
        keys = fake.load_world(_company())
        company = Company(fake, str(keys.users["HOST"]["api_key"]))
        return company, Calcom(node, network, fake, sender)

    def _gateways(
        self, simulation: Simulation, network: MemoryNetwork, conditions: Conditions, company: Company
    ) -> list[Gateway]:
        settings = Settings(
            calcom_api_key=company.api_key,
            calcom_webhook_secret=WEBHOOK_SECRET,
            retell_api_key=RETELL_KEY,
            calcom_url=CALCOM_URL,
            profile=self.profile,
            fallback_email=SHARED_EMAIL,
        )
        repairs_every_s = REPAIRS_EVERY_S if conditions.repairs_meanwhile and self.profile.reconciliation else None
        nodes = [
            simulation.node(name, skew_s)
            for name, skew_s in zip(("gateway", "gateway2"), conditions.gateway_skews_s, strict=True)
        ]
        return [
            Gateway(
                node,
                network,
                settings,
                self.fleet,
                self.left.mishaps,
                self._observers(simulation, node),
                repairs_every_s,
            )
            for node in nodes
        ]

    def _observers(self, simulation: Simulation, node: Node) -> tuple[Observer, ...]:
        """They hear what a gateway knows at the true time, whatever its clock says."""
        base, loop = simulation.clock.base, simulation.loop

        def now() -> datetime:
            return base + timedelta(seconds=loop.time())

        return Witness(self.left.seen, now, node.name), CreateListener(node.name, now, self.left.creates)


async def _settle(gateways: list[Gateway]) -> None:
    """Reconcile until a round finds nothing. What is unsettled after the last round, a checker tells."""
    await asyncio.sleep(QUIET_S)
    for _ in range(ROUNDS_MAX):
        gateway = gateways[0]
        assert gateway.core is not None, "it was healed"
        report = await gateway.node.spawn(partial(gateway.core.reconcile))
        if _is_quiet(report):
            return
        await asyncio.sleep(ROUND_S)


def _is_quiet(report: ReconcileReport) -> bool:
    found = report.attempts or report.orphans or report.ghosts or report.waiting
    return report.asked_calcom and not found


async def _stop(calcom: Calcom, gateways: list[Gateway]) -> None:
    """Cal.com last: what it still has to tell, it tells to somebody."""
    for gateway in gateways:
        await gateway.stop()
    await calcom.stop()


def _company() -> dict[str, Any]:
    """The incidents' company, whose gateway hears of every booking: a team's event type tells its own webhooks only."""
    webhook = {
        "subscriberUrl": "http://gateway.test/api/calcom/webhook",
        "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED"],
        "active": True,
        "secret": WEBHOOK_SECRET,
    }
    world = incidents_company()
    return world | {"event_types": [kind | {"webhooks": [webhook]} for kind in world["event_types"]]}


class _NodeClock:
    """A node's wall clock."""

    def __init__(self, simulation: Simulation, node: Node) -> None:
        self._now = partial(simulation.clock.now, node)

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return self._now()
