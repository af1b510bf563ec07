"""Reports of the incident and of a race, made once, and a browser page to look at them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from booking_core.storage.engines import SqliteMode
from scenarios.exploration import Explorer, Search, Strategy
from scenarios.races.check_then_insert import CheckThenInsert
from scenarios.registry import find
from scenarios.replay import Replay, replay
from scenarios.report.html.documents import of_failure, of_replays
from scenarios.report.html.failures import watch_failure
from scenarios.report.html.page import report_page
from scenarios.theatre import Theatre
from simulator.explore import Violated
from tests.browser import SCREENSHOTS, Seen, browser

__all__ = ["browser"]  # a fixture is imported by its name

Colours = Literal["light", "dark"]


@pytest.fixture(scope="session")
def replays() -> list[Replay]:
    """Incident A in every profile."""
    scenario = find("687-688")
    with Theatre() as theatre:
        return [replay(theatre, scenario, case.settings) for case in scenario.cases]


@pytest.fixture(scope="session")
def incident(replays: list[Replay], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    path = tmp_path_factory.mktemp("reports") / "incident.html"
    path.write_text(report_page(of_replays(replays)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest race, found and recorded."""
    path = tmp_path_factory.mktemp("bundles") / "race.json"
    with Theatre() as theatre:
        explorer = Explorer(CheckThenInsert(theatre, SqliteMode.LEGACY, unique_key=False))
        found = explorer.explore(Search(Strategy.EXHAUSTIVE, schedules=200))
        assert isinstance(found, Violated)
        explorer.bundle(found.result, path)
    return path


@pytest.fixture(scope="session")
def failure(bundle: Path) -> Path:
    """Its report."""
    path = bundle.with_suffix(".html")
    path.write_text(report_page(of_failure(watch_failure(bundle))), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Opened:
    """A report in the browser."""

    page: Page
    seen: Seen
    pictures: Path

    async def picture(self, name: str) -> None:
        """Keep what is seen, for whoever wants to look."""
        await self.page.screenshot(path=self.pictures / f"{name}.png")


Open = Callable[..., Awaitable[Opened]]


@pytest_asyncio.fixture(loop_scope="module")
async def opens(browser: Browser, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a file in given colours."""
    pages: list[Page] = []

    async def opened(path: Path, colours: Colours = "light") -> Opened:
        page = await browser.new_page(viewport={"width": 1500, "height": 1000}, color_scheme=colours)
        pages.append(page)
        seen = Seen(path.as_uri())
        seen.watch(page)
        await page.goto(path.as_uri())
        return Opened(page, seen, Path(os.environ.get(SCREENSHOTS, tmp_path)))

    yield opened
    for page in pages:
        await page.close()
