"""A whole gateway on a migrated SQLite file and a scripted Cal.com, spoken to as Retell does."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core, make_app
from booking_core.core import Core
from booking_core.domain.events import Event
from booking_core.migrations.schema import schema_template_bytes
from booking_core.ports.world import Observer
from booking_core.settings import Settings
from booking_core.storage.engines import create_engine
from booking_core.storage.tables import SERVICES
from booking_core.web.signatures import sign_calcom, sign_retell
from tests.booking_core.calcom.scripted import ScriptedCalcom, books

KEY = "key_of_the_agent"
SECRET = "secret_of_the_webhook"
NOW = datetime(2025, 10, 6, 9, 5, 25, tzinfo=UTC)


@dataclass
class StandingClock:
    """Stands at NOW until moved."""

    instant: datetime = NOW
    ticks: float = 0.0

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass
class Heard:
    """An answer of the gateway."""

    status: int
    body: dict[str, Any]


@dataclass
class GatewayRig:
    """The gateway and everything around it that a test may touch."""

    client: TestClient[Any, Any]
    calcom: ScriptedCalcom
    clock: StandingClock
    engine: AsyncEngine
    core: Core
    settings: Settings
    told: list[Event] = field(default_factory=list)

    async def retell(self, path: str, body: Any, **headers: str) -> Heard:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = {"X-Retell-Signature": sign_retell(raw, KEY, self.clock.now()), "Content-Type": "application/json"}
        async with self.client.post(f"/api/retell/{path}", data=io.BytesIO(raw), headers=signed | headers) as answer:
            return Heard(answer.status, await answer.json())

    async def cal(self, body: Any) -> Heard:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = {"X-Cal-Signature-256": sign_calcom(raw, SECRET), "Content-Type": "application/json"}
        async with self.client.post("/api/calcom/webhook", data=raw, headers=signed) as answer:
            return Heard(answer.status, await answer.json())

    async def count(self, table: str) -> int:
        async with self.engine.connect() as connection:
            counted = await connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a test's own word
        return int(counted or 0)


def call_body(call_id: str = "call_1", number: str | None = "+491701234567") -> dict[str, Any]:
    return {"call_id": call_id, "from_number": number, "to_number": "+493012345678"}


def wish(**changes: Any) -> dict[str, Any]:
    args = {"datum": "10.10.2025", "uhrzeit": "8 Uhr", "name": "Ada Byron", "dienstleistung": "Beratung"} | changes
    return {"name": "collect_appointment", "call": call_body(), "args": args}


def settings_for(database: Path, calcom_url: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "database_url": f"sqlite+aiosqlite:///{database}",
        "calcom_url": calcom_url,
        "calcom_api_key": "cal_test_key",
        "calcom_webhook_secret": SECRET,
        "retell_api_key": KEY,
    }
    return Settings(**(given | changes))


@asynccontextmanager
async def gateway(tmp_path: Path, observers: Sequence[Observer] = (), **changes: Any) -> AsyncIterator[GatewayRig]:
    """A gateway before a scripted Cal.com that serves until the test is over."""
    database = await new_database(tmp_path)
    calcom = ScriptedCalcom([books()])
    async with calcom.server() as upstream:
        settings = settings_for(database, str(upstream.make_url("/")), **changes)
        async with serving(settings, StandingClock(), calcom, observers) as rig:
            yield rig


async def new_database(folder: Path) -> Path:
    """A migrated SQLite file with the one service."""
    database = folder / "gateway.db"
    database.write_bytes(schema_template_bytes())
    engine = create_engine(f"sqlite:///{database}")
    async with engine.begin() as connection:
        row = {"name": "Beratung", "calcom_event_type_id": 77, "duration_minutes": 15}
        await connection.execute(insert(SERVICES), row)
    await engine.dispose()
    return database


@asynccontextmanager
async def serving(
    settings: Settings, clock: StandingClock, calcom: ScriptedCalcom, observers: Sequence[Observer] = ()
) -> AsyncIterator[GatewayRig]:
    """A gateway with these settings on a port of its own."""
    told: list[Event] = []
    engine = create_engine(settings.database_url)
    try:
        async with aiohttp.ClientSession() as http:
            listening = [told.append, *observers]
            core = build_core(settings=settings, engine=engine, http=http, clock=clock, observers=listening)
            async with TestClient(TestServer(make_app(core, settings))) as client:
                yield GatewayRig(client, calcom, clock, engine, core, settings, told)
    finally:
        await engine.dispose()
