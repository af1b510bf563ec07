"""A small matrix, filled once, and its page in a browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from scenarios.matrix.measure import Effort
from scenarios.matrix.page import page
from scenarios.matrix.runner import Matrix, Plan, questions, run_matrix
from tests.browser import SCREENSHOTS, Seen, browser

__all__ = ["browser"]  # a fixture is imported by its name

SMALL = ("687-688", "two-callers", "gateway-31s-ahead")


@contextmanager
def uncounted(_what: str, _total: int) -> Iterator[Callable[[], None]]:
    """No progress is shown."""
    yield lambda: None


@pytest.fixture(scope="session")
def small_matrix() -> Matrix:
    """An incident, a race and a skew in one mode, with a few schedules for the race."""
    plan = Plan(Effort(schedules=15), proof_preemptions=0, processes=2)
    return run_matrix(questions(["immediate"], {}, SMALL), plan, uncounted)


@pytest.fixture(scope="session")
def matrix_page(small_matrix: Matrix, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    path = tmp_path_factory.mktemp("matrix") / "matrix.html"
    path.write_text(page(small_matrix), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Opened:
    """The page in the browser."""

    page: Page
    seen: Seen
    pictures: Path

    async def picture(self, name: str) -> None:
        """Keep what is seen, for whoever wants to look."""
        await self.page.screenshot(path=self.pictures / f"{name}.png")


Open = Callable[[str], Awaitable[Opened]]


@pytest_asyncio.fixture(loop_scope="module")
async def opens(browser: Browser, matrix_page: Path, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the page in light or dark colours."""
    pages: list[Page] = []

    async def opened(colours: str = "light") -> Opened:
        made = await browser.new_page(
            viewport={"width": 1500, "height": 1000}, color_scheme="dark" if colours == "dark" else "light"
        )
        pages.append(made)
        seen = Seen(matrix_page.as_uri())
        seen.watch(made)
        await made.goto(matrix_page.as_uri())
        return Opened(made, seen, Path(os.environ.get(SCREENSHOTS, tmp_path)))

    yield opened
    for each in pages:
        await each.close()
