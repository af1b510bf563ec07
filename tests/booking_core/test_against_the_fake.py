"""The gateway against the stateful fake of Cal.com, over real sockets: what faults and crashes leave behind."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom, FakeClock
from tests.booking_core.calcom.scripted import ScriptedCalcom
from tests.booking_core.test_gateway import SERVER, collect, first_line
from tests.booking_core.web.rig import (
    KEY,
    SECRET,
    GatewayRig,
    Heard,
    StandingClock,
    call_body,
    new_database,
    serving,
    settings_for,
    wish,
)

WORLD: dict[str, Any] = {
    "users": [
        {"key": "HOST", "name": "Host", "email": "host@example.com", "username": "host", "timeZone": "Europe/Berlin"}
    ],
    "schedules": [
        {
            "owner": "HOST",
            "name": "Always",
            "timeZone": "Europe/Berlin",
            "isDefault": True,
            "availability": [
                {
                    "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
                    "startTime": "08:00",
                    "endTime": "16:00",
                }
            ],
        }
    ],
    "event_types": [
        {"key": "PLAIN", "id": 77, "owner": "HOST", "slug": "beratung", "title": "Beratung", "lengthInMinutes": 15}
    ],
}


@dataclass
class Scene:
    """A gateway and the fake, on one clock that stands until moved."""

    fake: FakeCalcom
    gateway: GatewayRig
    api_key: str

    async def books(self, call_id: str = "call_1", **args: Any) -> Heard:
        return await self.gateway.retell("collect-appointment", wish(**args) | {"call": call_body(call_id)})

    async def calcom(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.api_key}", "cal-api-version": "2024-08-13"}
        url = self.fake.url + path
        async with aiohttp.ClientSession() as http, http.request(method, url, json=body, headers=headers) as answer:
            return (await answer.json())["data"]

    async def bookings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.calcom("GET", "/v2/bookings")
        return found

    async def live_rows(self) -> int:
        return await self.gateway.count("appointments WHERE status = 'scheduled'")


@asynccontextmanager
async def scene(tmp_path: Path, **changes: Any) -> AsyncIterator[Scene]:
    clock = StandingClock()
    fake = FakeCalcom(clock=clock)
    keys = fake.load_world(WORLD)
    api_key = keys.users["HOST"]["api_key"]
    async with fake:
        database = await new_database(tmp_path)
        settings = settings_for(database, fake.url, calcom_api_key=api_key, **changes)
        async with serving(settings, clock, ScriptedCalcom()) as rig:
            yield Scene(fake, rig, api_key)


async def test_a_booking_is_one_booking_one_row_one_link(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        heard = await at.books()

        (booking,) = await at.bookings()
        assert heard.body["status"] == "booked"
        assert booking["metadata"]["call_id"] == "call_1"
        assert booking["attendees"][0]["email"] == "termin+call_1@askproai.de"
        assert await at.live_rows() == 1


@pytest.mark.parametrize("seconds", [5, 31])
async def test_a_lost_reply_is_recovered_by_retells_retry(tmp_path: Path, seconds: float) -> None:
    async with scene(tmp_path) as at:
        at.fake.faults.add(operation="createBooking", nth=1, effect="drop_after")
        at.fake.faults.add(operation="listBookings", first=3, effect={"kind": "status", "status": 503})

        first = await at.books()
        at.gateway.clock.advance(seconds)
        second, third = await at.books(), await at.books()

        assert first.body["status"] == "pending"
        assert (second.body["status"], third.body["status"]) == ("recovered", "recovered")
        assert len(await at.bookings()) == 1
        assert await at.live_rows() == 1
        assert [mail.to for mail in at.fake.emails].count("termin+call_1@askproai.de") == 1


async def test_a_lost_reply_is_recovered_at_once_when_cal_com_can_be_asked(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        at.fake.faults.add(operation="createBooking", nth=1, effect="drop_after")

        heard = await at.books()

        assert heard.body["status"] == "recovered"
        assert len(await at.bookings()) == 1


async def test_cal_com_down_is_pending_and_settled_later_without_a_caller(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        at.fake.faults.add(name="down", effect={"kind": "status", "status": 503})
        heard = await at.books()
        while_down = await at.gateway.core.reconcile()
        at.fake.faults.clear()
        at.gateway.clock.advance(120)

        await at.gateway.core.reconcile()
        await at.gateway.core.reconcile()

        assert heard.body["status"] == "pending"
        assert not while_down.attempts
        assert len(await at.bookings()) == 1
        assert await at.live_rows() == 1
        assert await at.gateway.count("notifications") >= 1


async def test_a_rate_limit_is_pending_and_settled_later(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        limited = {"kind": "status", "status": 429, "headers": {"X-RateLimit-Reset-Default": "60"}}
        at.fake.faults.add(operation="createBooking", nth=1, effect=limited)

        heard = await at.books()
        at.gateway.clock.advance(61)
        await at.gateway.core.reconcile()

        assert heard.body["status"] == "pending"
        assert await at.live_rows() == 1


async def test_another_caller_for_a_taken_slot_hears_other_times_and_nobodys_name(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        await at.books(name="Hansi Sputer", email="hansi@example.com")
        await at.gateway.retell("check-availability", {"call": call_body("call_2"), "args": {"datum": "10.10.2025"}})

        other = wish(name="Hans Schuster") | {"call": call_body("call_2", "+491702222222")}
        heard = await at.gateway.retell("collect-appointment", other)

        assert heard.body["status"] == "unavailable"
        assert heard.body["alternatives"][0] == "2025-10-10T08:15:00+02:00"
        assert "Sputer" not in str(heard.body)
        assert await at.live_rows() == 1


async def test_what_cal_com_tells_by_webhook_holds_here(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        hook = str(at.gateway.client.make_url("/api/calcom/webhook"))
        triggers = ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED"]
        subscription = {"active": True, "subscriberUrl": hook, "triggers": triggers, "secret": SECRET}
        await at.calcom("POST", "/v2/webhooks", subscription)

        heard = await at.books()
        await at.fake.settle()
        (booking,) = await at.bookings()
        await at.calcom("POST", f"/v2/bookings/{booking['uid']}/cancel", {"cancellationReason": "by the host"})
        await at.fake.settle()
        await at.gateway.core.reconcile()

        assert heard.body["status"] == "booked"
        assert await at.gateway.count("webhook_events") == 2
        assert await at.live_rows() == 0
        assert await at.gateway.count("appointments") == 1


async def test_a_killed_process_leaves_a_ghost_that_reconciliation_finds(tmp_path: Path) -> None:
    database = await new_database(tmp_path)
    fake = FakeCalcom(clock=FakeClock(datetime.now(UTC), "ticking"))
    api_key = fake.load_world(WORLD).users["HOST"]["api_key"]
    fake.faults.add(operation="createBooking", phase="after_commit", effect={"kind": "delay", "seconds": 60})
    async with fake, aiohttp.ClientSession() as http:
        process = await gateway_process(database, fake.url, api_key)
        calling = asyncio.create_task(collect(http, await first_line(process)))
        await asyncio.wait_for(booking_committed(fake), 30)
        process.kill()
        await process.wait()
        with pytest.raises(aiohttp.ClientError):
            await calling
        fake.faults.clear()

        clock = StandingClock(datetime.now(UTC) + timedelta(seconds=60))
        settings = settings_for(database, fake.url, calcom_api_key=api_key)
        async with serving(settings, clock, ScriptedCalcom()) as rig:
            rows_before = await rig.count("appointments")
            await rig.core.reconcile()
            await rig.core.reconcile()
            rows_after, linked = await rig.count("appointments"), await rig.count("calls WHERE appointment_id = 1")

    assert (rows_before, rows_after, linked) == (0, 1, 1)


async def gateway_process(database: Path, calcom_url: str, api_key: str) -> asyncio.subprocess.Process:
    environment = {
        "DATABASE_URL": f"sqlite:///{database}",
        "CALCOM_URL": calcom_url,
        "CALCOM_API_KEY": api_key,
        "CALCOM_WEBHOOK_SECRET": SECRET,
        "RETELL_API_KEY": KEY,
    }
    out, errors = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, env=environment, stdout=out, stderr=errors
    )


async def booking_committed(fake: FakeCalcom) -> None:
    """Until Cal.com holds the booking and has told so."""
    while "BOOKING_CREATED" not in fake.fired:  # noqa: ASYNC110 - a list to look at is all that the fake offers
        await asyncio.sleep(0)
