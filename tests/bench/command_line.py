"""How soon a person sees something: `--help`, and a report in a browser. Seconds of the processor, where one counts."""

from __future__ import annotations

import asyncio
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.bench.table import Part, Row
from tests.browser import CHROMIUM

TRIES = 5  # the best of them: other work on the machine is nobody's cost here


def measure() -> Iterator[Row]:
    """The rows."""
    yield Row("slotproof --help", min(_help_s() for _ in range(TRIES)), "s", at_most=0.3, note="of the processor")
    browser = shutil.which(CHROMIUM)
    if browser is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        command = [sys.executable, "-m", "scenarios", "replay", "687-688", "--html", str(report)]
        subprocess.run(command, capture_output=True, check=True)
        yield Row("the report of 687-688", report.stat().st_size / 1e6, "MB", at_most=1.0)
        opened_s = asyncio.run(_opens_s(browser, report))
        yield Row("the report of 687-688 opens, its steps drawn", opened_s, "s", at_most=1.0)


def _help_s() -> float:
    before = _children_s()
    subprocess.run([sys.executable, "-m", "scenarios", "--help"], capture_output=True, check=True)
    return _children_s() - before


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _opens_s(browser: str, report: Path) -> float:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        return min([await _open_once_s(await opened.new_page(), report) for _ in range(TRIES)])


async def _open_once_s(page: Page, report: Path) -> float:
    began = time.perf_counter()
    await page.goto(report.as_uri())
    await page.locator(".step").first.wait_for(state="visible")
    return time.perf_counter() - began


PART = Part("What a person waits for", measure)
