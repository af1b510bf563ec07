"""What is left when the callers have hung up: reconcile until nothing moves, then look at rows and bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core
from booking_core.clock import SystemClock
from booking_core.profiles import AttendeeIdentity, profiles
from booking_core.settings import Settings as GatewaySettings
from booking_core.storage.read_models import read_rows
from scenarios.load.calcom_doors import CalcomDoors
from scenarios.load.callers import Heard
from scenarios.load.settings import API_KEY, RETELL_KEY, WEBHOOK_SECRET, LoadSettings
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
class Left:
    """What was found at the end: the observation for the checkers, and the sentences of what is not settled."""

    seen: Observation
    unsettled: list[str]


async def look_back(heard: Heard, engine: AsyncEngine, doors: CalcomDoors, profile: str) -> Left:
    """Rows through the read model, bookings through Cal.com's API."""
    rows = await read_rows(engine)
    seen = Observation(
        responses=heard.responses,
        appointments=rows["appointments"],
        calls=rows["calls"],
        appointment_calls=rows["appointment_calls"],
        audit=rows["system_audit_log"],
        bookings=await doors.bookings(),
    )
    seen.use_local_numbers()
    if not profiles()[profile].reconciliation:
        return Left(seen, [])
    open_attempts = [row["id"] for row in rows["booking_attempts"] if row["state"] in {"open", "unknown"}]
    unsettled = [f"attempt {number} has no known end" for number in open_attempts]
    return Left(seen, [*unsettled, *_disagreements(seen)])


def _disagreements(seen: Observation) -> list[str]:
    """Ghosts and orphans: after reconciliation there must be none."""
    booked = {booking["uid"] for booking in seen.bookings if booking["status"] in {"accepted", "pending"}}
    stored = {row["calcom_v2_booking_id"] for row in seen.appointments if row["status"] == "scheduled"}
    ghosts = [f"booking {uid} stands at Cal.com and has no appointment" for uid in sorted(booked - stored)]
    return [*ghosts, *(f"an appointment stands on booking {uid}, which is over" for uid in sorted(stored - booked))]
