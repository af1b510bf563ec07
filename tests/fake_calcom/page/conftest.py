"""A page in headless Chromium that looks at a fake of its own, and a record of everything it did wrong."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from fake_calcom import FakeCalcom
from tests.browser import SCREENSHOTS, Seen, browser
from tests.fake_calcom.conftest import Mailbox

__all__ = ["browser"]  # a fixture is imported by its name


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
        seen.watch(page)
        await page.goto(f"{fake.url}/__fake__/")
        yield Looked(page, fake, seen, Path(os.environ.get(SCREENSHOTS, tmp_path)))
        await page.close()
