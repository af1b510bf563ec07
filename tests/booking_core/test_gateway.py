"""The gateway as a service: it begins only on a fitting database, tells its state, and finishes what it began."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import insert, text

from booking_core.gateway import Gateway, GatewayStartError, running
from booking_core.migrations.schema import LATEST, WITHOUT_UNIQUE_KEY, current, downgrade, upgrade
from booking_core.profiles import profiles
from booking_core.settings import Settings
from booking_core.storage.engines import create_engine
from booking_core.storage.tables import SERVICES
from booking_core.web.signatures import sign_retell
from tests.booking_core.calcom.scripted import ScriptedCalcom, books, lists
from tests.booking_core.web.rig import KEY, settings_for, wish


async def migrated(folder: Path) -> Path:
    database = folder / "gateway.db"
    await upgrade(f"sqlite:///{database}")
    engine = create_engine(f"sqlite:///{database}")
    async with engine.begin() as connection:
        await connection.execute(
            insert(SERVICES), {"name": "Beratung", "calcom_event_type_id": 77, "duration_minutes": 15}
        )
    await engine.dispose()
    return database


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[Gateway, aiohttp.ClientSession]]:
    async with running(settings, "127.0.0.1", 0, stream=io.StringIO()) as gateway, aiohttp.ClientSession() as http:
        yield gateway, http


async def collect(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    raw = json.dumps(wish(datum="morgen")).encode()
    headers = {"X-Retell-Signature": sign_retell(raw, KEY, datetime.now(UTC)), "Content-Type": "application/json"}
    async with http.post(f"{url}/api/retell/collect-appointment", data=raw, headers=headers) as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
        return body


async def test_it_is_healthy_ready_and_counts(tmp_path: Path) -> None:
    settings = settings_for(await migrated(tmp_path), "http://127.0.0.1:9")

    async with serving(settings) as (gateway, http):
        heard = {}
        for path in ("health", "ready", "metrics"):
            async with http.get(f"{gateway.url}/{path}") as answer:
                heard[path] = (answer.status, await answer.text())

    assert heard["health"] == (200, '{"status": "ok"}')
    assert heard["ready"] == (200, '{"status": "ready"}')
    assert "slotproof_booking_requests_total" in heard["metrics"][1]


async def test_it_is_not_ready_without_its_tables(tmp_path: Path) -> None:
    database = await migrated(tmp_path)

    async with serving(settings_for(database, "http://127.0.0.1:9")) as (gateway, http):
        engine = create_engine(f"sqlite:///{database}")
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE services"))
        await engine.dispose()
        async with http.get(f"{gateway.url}/ready") as answer:
            status, told = answer.status, await answer.json()

    assert status == 503
    assert told == {"status": "not ready", "database": "OperationalError"}


async def test_an_empty_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "empty.db", "http://127.0.0.1:9")

    with pytest.raises(GatewayStartError, match="run `slotproof db upgrade`"):
        async with serving(settings):
            pass


async def test_a_schema_without_the_unique_key_serves_only_profiles_without_it(tmp_path: Path) -> None:
    database = await migrated(tmp_path)
    newest = await current(f"sqlite:///{database}")
    await downgrade(f"sqlite:///{database}", WITHOUT_UNIQUE_KEY)

    with pytest.raises(GatewayStartError, match=LATEST):
        async with serving(settings_for(database, "http://127.0.0.1:9")):
            pass
    async with serving(settings_for(database, "http://127.0.0.1:9", profile=profiles()["unprotected"])) as (gateway, _):
        assert gateway.url

    assert newest == LATEST


async def test_a_taken_port_and_an_unreachable_database_are_told(tmp_path: Path) -> None:
    settings = settings_for(await migrated(tmp_path), "http://127.0.0.1:9")
    gone = settings_for(tmp_path / "no" / "folder.db", "http://127.0.0.1:9")
    garbage = settings_for(tmp_path / "garbage.db", "http://127.0.0.1:9")
    (tmp_path / "garbage.db").write_bytes(b"no database at all" * 100)

    async with serving(settings) as (gateway, _):
        port = int(gateway.url.rpartition(":")[2])
        with pytest.raises(GatewayStartError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with running(settings, "127.0.0.1", port, stream=io.StringIO()):
                pass
    with pytest.raises(GatewayStartError, match="does not exist"):
        async with serving(gone):
            pass
    with pytest.raises(GatewayStartError, match="file is not a database"):
        async with serving(garbage):
            pass


async def test_a_mistake_of_ours_is_a_500_without_a_traceback_and_a_log_line_without_a_person(tmp_path: Path) -> None:
    database, stream = await migrated(tmp_path), io.StringIO()
    settings = settings_for(database, "http://127.0.0.1:9")

    async with running(settings, "127.0.0.1", 0, stream=stream) as gateway, aiohttp.ClientSession() as http:
        engine = create_engine(f"sqlite:///{database}")
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE services"))
        await engine.dispose()
        raw = json.dumps(wish(datum="morgen")).encode()
        headers = {"X-Retell-Signature": sign_retell(raw, KEY, datetime.now(UTC)), "Content-Type": "application/json"}
        async with http.post(f"{gateway.url}/api/retell/collect-appointment", data=raw, headers=headers) as answer:
            status, told = answer.status, await answer.text()

    failed = [json.loads(line) for line in stream.getvalue().splitlines() if "GATEWAY FAILED" in line]
    assert status == 500
    assert "Traceback" not in told
    assert failed[0]["error"] == "OperationalError"
    assert "Ada" not in stream.getvalue()


class SlowCalcom(ScriptedCalcom):
    """Tells when a create has come, and answers it only when let."""

    def __init__(self) -> None:
        super().__init__([self.answer])
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return await lists()(request)
        self.asked.set()
        await self.may_answer.wait()
        start = datetime.fromisoformat(self.heard[-1].body["start"])
        created, call = datetime.now(UTC).isoformat(), {"call_id": "call_1"}
        return await books(start=start.isoformat(), createdAt=created, metadata=call)(request)


SERVER = """
import asyncio, os
from booking_core.gateway import serve
from booking_core.settings import settings_from
asyncio.run(serve(settings_from(os.environ), port=0, on_ready=lambda gateway: print(gateway.url, flush=True)))
"""


async def start_process(database: Path, calcom_url: str) -> asyncio.subprocess.Process:
    environment = {
        "DATABASE_URL": f"sqlite:///{database}",
        "CALCOM_URL": calcom_url,
        "CALCOM_API_KEY": "cal_key",
        "CALCOM_WEBHOOK_SECRET": "secret",
        "RETELL_API_KEY": KEY,
        "RECONCILE_EVERY_S": "3600",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVER,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()


async def test_a_terminated_process_finishes_the_booking_it_began(tmp_path: Path) -> None:
    database, calcom = await migrated(tmp_path), SlowCalcom()
    async with calcom.server() as upstream, aiohttp.ClientSession() as http:
        process = await start_process(database, str(upstream.make_url("/")))
        url = await first_line(process)

        calling = asyncio.create_task(collect(http, url))
        await asyncio.wait_for(calcom.asked.wait(), 30)
        process.send_signal(signal.SIGTERM)
        await refuses(http, url)
        calcom.may_answer.set()
        heard = await asyncio.wait_for(calling, 30)
        left = await asyncio.wait_for(process.wait(), 30)

    assert heard["status"] == "booked"
    assert left == 0


async def refuses(http: aiohttp.ClientSession, url: str) -> None:
    """Until the port takes no new connections; one that was taken at the last moment may hear nothing any more."""
    a_moment = aiohttp.ClientTimeout(total=1)
    while True:
        try:
            async with http.get(f"{url}/health", headers={"Connection": "close"}, timeout=a_moment):
                pass
        except TimeoutError:
            continue
        except aiohttp.ClientError:
            return
