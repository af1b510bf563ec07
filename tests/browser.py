"""A headless Chromium for the tests that look at pages, and a record of everything a page did wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

CHROMIUM = "chromium"
PATIENCE_MS = 30_000  # of an expectation: a busy machine draws late
SCREENSHOTS = "SLOTPROOF_SCREENSHOTS"  # a directory that keeps the pictures, for whoever wants to look at them


@dataclass  # without slots: playwright notes its wrapper of a bound method on the object
class Seen:
    """What a page must not do: complain, or ask anybody but where it comes from (an origin, or a file's address)."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """From now on."""
        page.on("console", self.console)
        page.on("request", self.request)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def request(self, request: Request) -> None:
        if request.url != self.origin and not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.strangers.append(request.url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which(CHROMIUM)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("CI has to look at the page, and there is no chromium on the PATH")
    if path is None:
        pytest.skip("there is no chromium on the PATH (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        opened = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        await opened.close()
