"""Performs a scenario: the real gateway and the fake Cal.com on a memory network, around one database.

In memory and for files it runs inside the simulator (virtual time, one thread, a digest of everything). On a
server's database it runs on a stock loop under a wall clock moved by hand: same code, real connections.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemClock
from booking_core.settings import Settings as GatewaySettings
from booking_core.storage.read_models import read_rows
from booking_core.storage.tables import SERVICES
from fake_calcom import FakeCalcom
from fake_calcom.generations import DEFAULT_GENERATION
from scenarios.incidents.facts import EVENT_TYPE_ID, SERVICE, SLOT_MINUTES
from scenarios.observation import Moment, Observation
from scenarios.processes import CALCOM_URL, GatewayParts
from scenarios.recorded_ids import RecordedBookingIds, RecordedRowIds
from scenarios.scenario import Scenario, Settings
from scenarios.stage import RETELL_KEY
from scenarios.witness import Witness
from simulator.trace import Event

WEBHOOK_SECRET = "secret_of_the_replayed_webhook"  # noqa: S105 - it guards nothing but a simulation
SHARED_EMAIL = "termin@askproai.de"  # who every caller without an e-mail was to Cal.com


@dataclass(frozen=True, slots=True)
class Performance:
    """What a performance leaves; a server's database leaves no events, as no simulation watched."""

    seen: Observation
    digest: str
    virtual_seconds: float
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """The fake Cal.com with the scenario's world in it, and the key of its host."""

    fake: FakeCalcom
    api_key: str


def open_calcom(scenario: Scenario, settings: Settings, now: Callable[[], datetime]) -> Company:
    """Cal.com as the scenario finds it; `now` is Cal.com's clock."""
    fake = FakeCalcom(
        clock=_Shown(now),
        ids=RecordedBookingIds(scenario.record, settings.seed),
        generation=scenario.generation or DEFAULT_GENERATION,
    )
    keys = fake.load_world(scenario.world(settings.seed))
    return Company(fake, str(keys.users["HOST"]["api_key"]))


def gateway_parts(
    scenario: Scenario, settings: Settings, company: Company, engine: AsyncEngine, seen: Observation
) -> GatewayParts:
    """The gateway with the profile under test, its ids as recorded, and a witness who listens."""
    clock = SystemClock()
    return GatewayParts(
        engine=engine,
        settings=GatewaySettings(
            calcom_api_key=company.api_key,
            calcom_webhook_secret=WEBHOOK_SECRET,
            retell_api_key=RETELL_KEY,
            calcom_url=CALCOM_URL,
            profile=settings.effective_profile(),
            fallback_email=SHARED_EMAIL,
        ),
        clock=clock,
        ids=RecordedRowIds(scenario.record, settings.seed),
        observers=(Witness(seen, clock.now),),
    )


async def add_the_service(engine: AsyncEngine) -> None:
    """The one thing the gateway's database knows before the first call."""
    row = {"name": SERVICE, "calcom_event_type_id": EVENT_TYPE_ID, "duration_minutes": SLOT_MINUTES}
    async with engine.begin() as connection:
        await connection.execute(SERVICES.insert().values(id=1, **row))


async def look_back(
    seen: Observation, *, engine: AsyncEngine, company: Company, http: aiohttp.ClientSession, calcom_ahead_s: float
) -> None:
    """Fill in what is left at the end: the gateway's rows, Cal.com's bookings and e-mails."""
    rows = await read_rows(engine)
    seen.appointments = rows["appointments"]
    seen.calls = rows["calls"]
    seen.appointment_calls = rows["appointment_calls"]
    seen.attempts = rows["booking_attempts"]
    seen.notifications = rows["notifications"]
    seen.audit = rows["system_audit_log"]
    seen.use_local_numbers()
    seen.bookings = await _bookings(http, company.api_key)
    seen.emails = [asdict(email) for email in company.fake.emails]
    seen.moments += [_mailed(email, calcom_ahead_s) for email in seen.emails]
    seen.moments.sort(key=lambda moment: moment.at)  # stable: what happened in one instant keeps its order


async def _bookings(http: aiohttp.ClientSession, api_key: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {api_key}", "cal-api-version": "2024-08-13"}
    async with http.get(f"{CALCOM_URL}/v2/bookings?take=250&sortCreated=asc", headers=headers) as answer:
        answer.raise_for_status()
        bookings: list[dict[str, Any]] = (await answer.json())["data"]
        return bookings


def _mailed(email: dict[str, Any], ahead_s: float) -> Moment:
    at = datetime.fromisoformat(email["at"]) - timedelta(seconds=ahead_s)
    return Moment(at, "Cal.com", f"mails {email['kind']} to {email['to']}", "", "quiet")


class _Shown:
    """A clock from a function."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return self._now()
