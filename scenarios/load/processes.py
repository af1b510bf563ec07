"""The processes of a load run: `slotproof serve` and `slotproof gateway` on free ports, ended whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from scenarios.load.settings import API_KEY, RETELL_KEY, WEBHOOK_SECRET, LoadSettings

START_LIMIT_S = 30.0
STOP_LIMIT_S = 10.0
LAST_BREATH_S = 0.5  # a connection breaks a little before its process is known to have ended
_URL = re.compile(r"http://[^\s/]+")


class ProcessFailedError(Exception):
    """A process did not come up, ended on its own or gave no usable answer; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Served:
    """A process that listens."""

    name: str
    url: str
    process: asyncio.subprocess.Process


@asynccontextmanager
async def serving_calcom(folder: Path, world: Path, seed: int) -> AsyncIterator[Served]:
    """The fake Cal.com on a ticking clock and without a rate limit: the load is the point, not the limit."""
    words = ["serve", "--port", "0", "--clock", "ticking", "--world", str(world), "--seed", str(seed)]
    async with _serving("cal.com", [*words, "--calls-per-minute", "0"], {}, folder) as served:
        yield served


@asynccontextmanager
async def serving_gateway(
    number: int, folder: Path, settings: LoadSettings, database: str, calcom: str
) -> AsyncIterator[Served]:
    """One gateway; its logs and outbox go to files of the folder."""
    variables = {
        "CALCOM_API_KEY": API_KEY,
        "CALCOM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "RETELL_API_KEY": RETELL_KEY,
        "DATABASE_URL": database,
        "CALCOM_URL": calcom,
        "BOOKING_PROFILE": settings.profile,
        "OUTBOX_FILE": str(folder / f"outbox-{number}.jsonl"),
        "RECONCILE_EVERY_S": "5",
    }
    if settings.identity is not None:
        variables["ATTENDEE_IDENTITY"] = settings.identity
    async with _serving(f"gateway-{number}", ["gateway", "--port", "0"], variables, folder) as served:
        yield served


@asynccontextmanager
async def _serving(name: str, words: list[str], variables: Mapping[str, str], folder: Path) -> AsyncIterator[Served]:
    log = folder / f"{name}.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "scenarios", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **variables, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        )
        drain: asyncio.Task[None] | None = None
        try:
            url = await _announced(name, process, log)
            drain = asyncio.create_task(_drain(process))
            yield Served(name, url, process)
        finally:
            await _end(process)
            if drain is not None:
                await drain


async def _announced(name: str, process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_LIMIT_S):
            line = (await process.stdout.readline()).decode(errors="replace")
    except TimeoutError:
        line = ""
    found = _URL.search(line)
    if found is None:
        raise ProcessFailedError(f"{name} did not come up: {line.strip() or last_words(log)}")
    return found.group()


async def _drain(process: asyncio.subprocess.Process) -> None:
    """A full pipe would stop the process."""
    assert process.stdout is not None
    while await process.stdout.read(65_536):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask it to finish, then insist; whoever cancels this need not wait for it to finish."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_LIMIT_S):
            await process.wait()
    except TimeoutError:
        await _kill(process)
    except asyncio.CancelledError:
        await _kill(process)
        raise


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


@asynccontextmanager
async def answering(served: Callable[[], Sequence[Served]], folder: Path) -> AsyncIterator[None]:
    """Around requests to them: ProcessFailedError, naming who has ended, instead of the connection's own error."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError) as problem:
        for one in served():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_BREATH_S):
                    await one.process.wait()
        refuse_dead(served(), folder)
        raise ProcessFailedError(f"no usable answer: {str(problem) or type(problem).__name__}") from problem


def refuse_dead(served: Sequence[Served], folder: Path) -> None:
    """ProcessFailedError when one of them has ended on its own."""
    for one in served:
        if one.process.returncode is not None:
            words = last_words(folder / f"{one.name}.log")
            raise ProcessFailedError(f"{one.name} ended by itself with status {one.process.returncode}: {words}")


def last_words(log: Path) -> str:
    """The last line of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1][:400] if lines else "it said nothing"
