"""A page in headless Chromium that looks at a fake of its own, and a record of everything it did wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from fake_calcom import FakeCalcom
from tests.fake_calcom.conftest import Mailbox

CHROMIUM = "chromium"
SCREENSHOTS = "SLOTPROOF_SCREENSHOTS"  # a directory that keeps the pictures, for whoever wants to look at them


@dataclass  # without slots: playwright notes its wrapper of a bound method on the object
class Seen:
    """What a page must not do: complain, or ask anybody but the fake."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.strangers.append(request.url)


@dataclass(frozen=True, slots=True)
class Looked:
    """A page that has been opened on a fake."""

    page: Page
    fake: FakeCalcom
    seen: Seen
    pictures: Path

    async def picture(self, name: str) -> Path:
        """Take a picture of what is seen."""
        path = self.pictures / f"{name}.png"
        await self.page.screenshot(path=path)
        return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which(CHROMIUM)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("CI has to look at the page, and there is no chromium on the PATH")
    if path is None:
        pytest.skip("there is no chromium on the PATH (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture
def scheme() -> Literal["light", "dark"]:
    """The colours that the reader's system asks for."""
    return "light"


@pytest_asyncio.fixture(loop_scope="module")
async def looked(
    browser: Browser, mailbox: Mailbox, scheme: Literal["light", "dark"], tmp_path: Path
) -> AsyncIterator[Looked]:
    async with FakeCalcom(webhook_sender=mailbox) as fake:
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
        seen = Seen(fake.url)
        page.on("console", seen.console)
        page.on("request", seen.request)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        await page.goto(f"{fake.url}/__fake__/")
        yield Looked(page, fake, seen, Path(os.environ.get(SCREENSHOTS, tmp_path)))
        await page.close()
