"""What is left when the callers have hung up: reconcile until nothing moves, then look at rows and bookings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core
from booking_core.clock import SystemClock
from booking_core.profiles import AttendeeIdentity, Profile, profiles
from booking_core.settings import Settings as GatewaySettings
from booking_core.storage.read_models import read_rows
from scenarios.load.calcom_doors import CalcomDoors
from scenarios.load.callers import Heard
from scenarios.load.settings import API_KEY, RETELL_KEY, WEBHOOK_SECRET, LoadSettings
from scenarios.load.webhooks import WebhookCounts, count, not_handled_once
from scenarios.observation import Observation

LATER_S = 300.0  # beyond this every attempt is old enough to be settled, whoever had it in hand
ROUNDS_MAX = 5


@dataclass(frozen=True, slots=True)
class Later:
    """The gateway's clock, some minutes after the load. Nobody need wait for them."""

    ahead: timedelta = timedelta(seconds=LATER_S)

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return SystemClock().now() + self.ahead

    def monotonic(self) -> float:
        """Seconds of the machine's own clock."""
        return SystemClock().monotonic()


async def reconcile(settings: LoadSettings, engine: AsyncEngine, calcom_url: str, http: aiohttp.ClientSession) -> int:
    """Reconcile minutes later, as the gateway's job would, until a round finds nothing; how many rounds it took."""
    profile = profiles()[settings.profile]
    if not profile.reconciliation:
        return 0
    if settings.identity is not None:
        profile = profile.with_identity(AttendeeIdentity(settings.identity))
    await CalcomDoors(calcom_url, http).let_time_pass(LATER_S)
    gateway = GatewaySettings(
        calcom_api_key=API_KEY,
        calcom_webhook_secret=WEBHOOK_SECRET,
        retell_api_key=RETELL_KEY,
        calcom_url=calcom_url,
        profile=profile,
    )
    core = build_core(settings=gateway, engine=engine, http=http, clock=Later())
    for number in range(1, ROUNDS_MAX + 1):
        report = await core.reconcile()
        if not (report.attempts or report.orphans or report.ghosts):
            return number
    return ROUNDS_MAX


@dataclass(frozen=True, slots=True)
class Evidence:
    """For a load's own checkers: `deliveries` are Cal.com's webhooks, `events` the gateways' record of them."""

    seen: Observation
    deliveries: list[dict[str, Any]]
    events: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Left:
    """What was found at the end: the observation for the checkers, and the sentences of what is not settled."""

    seen: Observation
    unsettled: list[str]
    webhooks: WebhookCounts


async def look_back(heard: Heard, engine: AsyncEngine, doors: CalcomDoors, profile: str) -> Left:
    """Rows through the read model, bookings and webhooks as Cal.com has them."""
    rows, deliveries = await read_rows(engine), await doors.deliveries()
    seen = Observation(
        responses=heard.responses,
        appointments=rows["appointments"],
        calls=rows["calls"],
        appointment_calls=rows["appointment_calls"],
        attempts=rows["booking_attempts"],
        audit=rows["system_audit_log"],
        bookings=await doors.bookings(),
    )
    seen.use_local_numbers()
    evidence = Evidence(seen, deliveries, rows["webhook_events"])
    unsettled = [line for check in load_checkers(profiles()[profile]).values() for line in check(evidence)]
    return Left(seen, unsettled, count(deliveries, evidence.events))


def load_checkers(profile: Profile) -> dict[str, Callable[[Evidence], Iterator[str]]]:
    """What a load adds to the promises, by name: all of it is about liveness, and has its end with reconciliation."""
    checkers: dict[str, Callable[[Evidence], Iterator[str]]] = {
        "webhooks are handled once": lambda found: not_handled_once(found.deliveries, found.events)
    }
    if profile.reconciliation:
        checkers["attempts have an end"] = lambda found: open_attempts(found.seen)
        checkers["rows and bookings agree"] = lambda found: disagreements(found.seen)
    return checkers


def open_attempts(seen: Observation) -> Iterator[str]:
    """Attempts of which nobody knows what came."""
    for row in seen.attempts:
        if row["state"] in {"open", "unknown"}:
            yield f"attempt {row['id']} has no known end"


def disagreements(seen: Observation) -> Iterator[str]:
    """After reconciliation every live booking has a live appointment at its time, and the other way round."""
    booked = {booking["uid"]: booking for booking in seen.bookings if booking["status"] in {"accepted", "pending"}}
    stored = {row["calcom_v2_booking_id"]: row for row in seen.appointments if row["status"] != "cancelled"}
    for uid in booked.keys() - stored.keys():
        yield f"booking {uid} stands at Cal.com and has no appointment"
    for uid in stored.keys() - booked.keys():
        yield f"appointment {stored[uid]['id']} stands on booking {uid}, which is over"
    for uid in stored.keys() & booked.keys():
        here, there = stored[uid]["starts_at"], booked[uid]["start"]
        if datetime.fromisoformat(here) != datetime.fromisoformat(there):
            yield f"appointment {stored[uid]['id']} is at {here}, its booking {uid} at {there}"
