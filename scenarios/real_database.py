"""Performs a scenario on PostgreSQL or MariaDB: a scratch database, a stock loop, a wall clock moved by hand."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiohttp
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from booking_core.migrations.schema import WITHOUT_UNIQUE_KEY, upgrade
from booking_core.storage.engines import create_engine, parse_url
from scenarios.backstage import Performance, add_the_service, gateway_parts, look_back, open_calcom
from scenarios.errors import DatabaseUnusableError
from scenarios.observation import Observation
from scenarios.processes import CalcomProcess, GatewayProcess
from scenarios.scenario import Scenario, Settings
from scenarios.stage import Stage
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.frozen_time import ManualWallClock


def perform_on_server(scenario: Scenario, settings: Settings) -> Performance:
    """Play the scenario in a database of its own on that server, which is dropped afterwards.

    Raises DatabaseUnusableError when the server cannot be reached or the user may not create a database.
    """
    return asyncio.run(_perform(scenario, settings))


async def _perform(scenario: Scenario, settings: Settings) -> Performance:
    seen = Observation()
    async with scratch_engine(parse_url(settings.database)) as engine:
        revision = "head" if settings.effective_profile().unique_key else WITHOUT_UNIQUE_KEY
        await upgrade(engine, revision)
        await add_the_service(engine)
        with ManualWallClock(scenario.starts_at) as clock:
            await _play(scenario, settings, engine, clock, seen)
            passed = clock.now() - scenario.starts_at
    return Performance(seen, _digest(seen), passed / timedelta(seconds=1))


async def _play(
    scenario: Scenario, settings: Settings, engine: AsyncEngine, clock: ManualWallClock, seen: Observation
) -> None:
    ahead_s = scenario.skew_s if settings.skew_s is None else settings.skew_s
    network = MemoryNetwork(scenario.rules)
    company = open_calcom(scenario, settings, lambda: clock.now() + timedelta(seconds=ahead_s))
    calcom = CalcomProcess(network, company.fake)
    gateway = GatewayProcess(network, gateway_parts(scenario, settings, company, engine, seen))
    await calcom.start()
    await gateway.start()

    async def wait_until(instant: datetime) -> None:
        clock.move_to(instant)

    async with aiohttp.ClientSession(connector=network.connector("retell")) as http:
        stage = Stage(
            calls=scenario.calls(settings.seed),
            entry=settings.entry,
            seed=settings.seed,
            http=http,
            now=clock.now,
            wait_until=wait_until,
            seen=seen,
        )
        await scenario.play(stage)
        await look_back(seen, engine=engine, company=company, http=http, calcom_ahead_s=ahead_s)
    await gateway.stop()
    await calcom.stop()


@asynccontextmanager
async def scratch_engine(server: URL) -> AsyncIterator[AsyncEngine]:
    """An engine on a new database beside the one named in the URL; the named one is never written to."""
    name = f"slotproof_replay_{os.getpid()}_{secrets.token_hex(4)}"
    await _administer(server, f"CREATE DATABASE {name}")
    engine = create_engine(server.set(database=name).render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        await engine.dispose()
        await _administer(server, f"DROP DATABASE {name}")


async def _administer(server: URL, *statements: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    except (OSError, SQLAlchemyError) as problem:
        reason = str(problem).splitlines()[0]
        raise DatabaseUnusableError(f"{server.render_as_string(hide_password=True)}: {reason}") from None
    finally:
        await engine.dispose()


def _digest(seen: Observation) -> str:
    """Of everything observed; a server's own order of work is not ours to fix."""
    from scenarios.report.json_report import facts

    content = json.dumps(facts(seen), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
