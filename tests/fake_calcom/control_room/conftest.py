"""A fake with a plain and a round-robin event type, and a session through each door."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from fake_calcom import FakeCalcom
from tests.fake_calcom.worlds import personal, team, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fake_calcom.client import Client

DOORS = ("port", "memory", "direct", "application")
ROOM = world(personal("PLAIN"), team("RR", "ROUND_ROBIN"), personal("ASK", confirmationPolicy={"type": "always"}))


@asynccontextmanager
async def session_through(door: str, fake: FakeCalcom) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session to an open fake through one of its doors."""
    options: dict[str, Any] = {"base_url": fake.url, "timeout": aiohttp.ClientTimeout(total=5)}
    if door == "memory":
        options["connector"] = fake.memory_connector()
    if door == "direct":
        options["middlewares"] = (fake.direct_door(),)
    runner = web.AppRunner(fake.make_app(), access_log=None, shutdown_timeout=0.1)
    if door == "application":
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        options["base_url"] = "http://{}:{}".format(*runner.addresses[0][:2])
    async with aiohttp.ClientSession(**options) as session:
        yield session
    await runner.cleanup()


@pytest.fixture
def room(client: Client) -> Client:
    """Return a client whose world is loaded."""
    return client.load(ROOM)
