"""The rig of the client's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from booking_core.domain.events import Event
from tests.booking_core.calcom.scripted import HandClock, Rig, ScriptedCalcom, books, make_client


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    calcom, clock, told = ScriptedCalcom([books()]), HandClock(), list[Event]()
    async with calcom.server() as server, aiohttp.ClientSession() as http:
        client = make_client(http, str(server.make_url("/")), clock, told)
        yield Rig(calcom, client, clock, told)
