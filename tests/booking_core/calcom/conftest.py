"""The rig of the client's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest_asyncio

from booking_core.calcom.transport import Timeouts
from booking_core.domain.events import Event
from tests.booking_core.calcom.scripted import IMPATIENT, PATIENT, HandClock, Rig, ScriptedCalcom, books, make_client


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    async with _rig(PATIENT) as opened:
        yield opened


@pytest_asyncio.fixture
async def impatient_rig() -> AsyncIterator[Rig]:
    async with _rig(IMPATIENT) as opened:
        yield opened


@asynccontextmanager
async def _rig(timeouts: Timeouts) -> AsyncIterator[Rig]:
    calcom, clock, told = ScriptedCalcom([books()]), HandClock(), list[Event]()
    async with calcom.server() as server, aiohttp.ClientSession() as http:
        client = make_client(http, str(server.make_url("/")), clock, told, timeouts=timeouts)
        yield Rig(calcom, client, clock, told)
