"""The operator's page: its figures, its silence, and that it tells nothing of a person."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from booking_core.domain.commands import Entry
from booking_core.domain.events import (
    AnswerReceived,
    BookingRequested,
    BookingSettled,
    CalcomAsked,
    ConstraintViolated,
    Event,
    GhostFound,
    LayerJudged,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Layer, LayerVerdict, Status, Verdict
from booking_core.gateway import Gateway, running
from booking_core.observability.alerts import Alert, Severity
from booking_core.observability.recent import KEPT, Recent
from booking_core.profiles import profiles
from booking_core.web.dashboard import NAMES
from tests.booking_core.web.rig import StandingClock, new_database, settings_for
from tests.browser import SCREENSHOTS, Seen, browser

__all__ = ["browser"]  # a fixture is imported by its name

START = datetime(2025, 10, 6, 9, tzinfo=UTC)


def settled(status: Status) -> BookingSettled:
    return BookingSettled(688, Entry.COLLECT, status, None, None)


def rejection(layer: Layer) -> LayerJudged:
    verdict = LayerVerdict(layer, Verdict.STALE, "older than the threshold")
    return LayerJudged(688, 338, "8Fxv4pCqnb1Jva1w9wn5wX", None, verdict, deciding=True, seconds=0.00002)


def a_bad_day() -> list[Event]:
    answer = AnswerReceived(688, "8Fxv4pCqnb1Jva1w9wn5wX", START, 2040.998, "call_688", "call_687")
    outcomes = [Status.BOOKED] * 9 + [Status.UNAVAILABLE] * 3 + [Status.DUPLICATE] * 2 + [Status.EXISTING, Status.ERROR]
    return [
        *(BookingRequested(1, "call_1", Entry.COLLECT, START) for _ in outcomes),
        *(settled(status) for status in outcomes),
        *(rejection(Layer.FRESHNESS) for _ in range(3)),
        rejection(Layer.EXISTING_APPOINTMENT),
        answer,
        AnswerReceived(687, "uid", START, 0.1, "call_687", "call_687"),
        CalcomAsked("create", "201", 0.213),
        CalcomAsked("create", "400", 0.09),
        CalcomAsked("slots", "200", 0.12),
        ConstraintViolated(688, "8Fxv4pCqnb1Jva1w9wn5wX"),
        GhostFound("uid", "adopted"),
        UnsettledCounted(2, 754.0),
    ]


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Gateway]:
    """A gateway that does nothing by itself: reconciliation would count the attempts anew."""
    quiet = profiles()["recommended"]
    settings = settings_for(await new_database(folder), "http://127.0.0.1:9", profile=quiet)
    async with running(settings, "127.0.0.1", 0, stream=io.StringIO()) as gateway:
        yield gateway


def test_outcomes_and_rejections_are_counted_by_the_minute() -> None:
    clock = StandingClock(START)
    recent = Recent(clock)

    recent(settled(Status.BOOKED))
    recent(rejection(Layer.FRESHNESS))
    clock.advance(60)
    recent(settled(Status.DUPLICATE))

    assert recent.as_json()["minutes"] == [
        {"at": "2025-10-06T09:00:00+00:00", "counts": {"booked": 1, "layer_1": 1}},
        {"at": "2025-10-06T09:01:00+00:00", "counts": {"duplicate": 1}},
    ]


def test_what_is_older_than_a_day_is_forgotten() -> None:
    clock = StandingClock(START)
    recent = Recent(clock)
    recent(settled(Status.BOOKED))

    clock.advance((KEPT + timedelta(minutes=2)).total_seconds())

    assert recent.as_json()["minutes"] == []


def test_a_clock_set_back_loses_no_count() -> None:
    clock = StandingClock(START)
    recent = Recent(clock)
    recent(settled(Status.BOOKED))

    clock.advance(-600)
    recent(settled(Status.BOOKED))

    assert recent.as_json()["minutes"] == [{"at": "2025-10-06T09:00:00+00:00", "counts": {"booked": 2}}]


def test_alerts_are_kept_the_latest_first() -> None:
    recent = Recent(StandingClock(START))

    recent.note_alert(Alert("false_rejection", Severity.WARNING, 1, 0, START))
    recent.note_alert(Alert("unique_violation", Severity.CRITICAL, 1, 0, START))

    alerts = recent.as_json()["alerts"]
    assert isinstance(alerts, list)
    assert [alert["alert"] for alert in alerts] == ["unique_violation", "false_rejection"]


def test_every_file_of_the_page_is_served_and_every_served_one_is_there() -> None:
    held = {each.name for each in files("booking_core.web").joinpath("static").iterdir()}

    assert held == NAMES


async def test_the_page_comes_under_a_policy_and_nothing_else_of_the_package_is_served(tmp_path: Path) -> None:
    async with serving(tmp_path) as gateway, aiohttp.ClientSession(gateway.url) as http:
        async with http.get("/dashboard") as page:
            policy = page.headers["Content-Security-Policy"]
        async with http.get("/dashboard/..%2fdashboard.py") as foreign:
            status = foreign.status

    assert page.status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert status == 404


@pytest.fixture
def scheme() -> Literal["light", "dark"]:
    return "light"


@pytest_asyncio.fixture(loop_scope="module")
async def looked(
    browser: Browser, scheme: Literal["light", "dark"], tmp_path: Path
) -> AsyncIterator[tuple[Page, Seen]]:
    """The page of a gateway that had a bad day."""
    async with serving(tmp_path) as gateway:
        for event in a_bad_day():
            gateway.core.tell(event)
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
        seen = Seen(gateway.url)
        seen.watch(page)
        await page.goto(f"{gateway.url}/dashboard")
        await expect(page.locator(".tile")).to_have_count(7)
        yield page, seen
        await page.close()


browser_test = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


class TestInABrowser:
    """With one browser for all."""

    pytestmark = browser_test

    async def test_it_shows_what_the_metrics_count(self, looked: tuple[Page, Seen]) -> None:
        page, seen = looked

        figures = {
            await tile.get_attribute("aria-label"): await tile.locator(".figure").inner_text()
            for tile in await page.locator(".tile").all()
        }

        assert figures == {
            "requests": "16",
            "upstream repeats": "1",
            "rejections": "4",
            "false rejections": "0",
            "unique violations": "1",
            "ghosts": "1",
            "pending": "2",
        }
        await expect(page.locator("#tiles")).to_contain_text("50.0 % of 2 bookings")
        await expect(page.locator("#tiles")).to_contain_text("the oldest for 13 min")
        await expect(page.locator("#breaker")).to_have_text("circuit breaker closed")
        await expect(page.get_by_role("img", name="16 outcomes in the last 1 hour")).to_be_visible()
        await expect(page.locator("#layers tbody tr").nth(0)).to_contain_text("1 freshness3")
        await expect(page.locator("#alerts")).to_contain_text("unique violation")
        assert seen.complaints == []
        assert seen.strangers == []

    async def test_it_tells_no_call_and_no_booking(self, looked: tuple[Page, Seen]) -> None:
        page, _ = looked

        text = await page.content()

        assert "8Fxv4pCqnb1Jva1w9wn5wX" not in text
        assert "call_68" not in text

    async def test_the_span_is_chosen_by_keyboard(self, looked: tuple[Page, Seen]) -> None:
        page, _ = looked

        await page.get_by_role("button", name="24 hours").focus()
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("img", name="16 outcomes in the last 24 hours")).to_be_visible()

    @pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(245, 246, 248)"), ("dark", "rgb(18, 21, 28)")])
    async def test_it_follows_the_readers_colours(
        self, looked: tuple[Page, Seen], scheme: str, background: str, tmp_path: Path
    ) -> None:
        page, _ = looked

        shown = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

        assert shown == background
        await page.screenshot(path=Path(os.environ.get(SCREENSHOTS, tmp_path)) / f"dashboard_{scheme}.png")
