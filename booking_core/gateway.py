"""The booking core as a service: one process, one port, its periodic jobs, and a stop that finishes what it began.

Start-up: settings → database (its schema must be current) → core → jobs → port. Stop (SIGTERM or SIGINT): the port
closes first, requests and jobs under way are finished, then the connections are given back.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core, make_app
from booking_core.clock import SystemClock
from booking_core.core import Core
from booking_core.jobs import Job, Jobs
from booking_core.migrations.schema import LATEST, WITHOUT_UNIQUE_KEY, current
from booking_core.observability.watch import Watch, make_watch
from booking_core.ports.messages import MessageSender
from booking_core.profiles import Profile
from booking_core.senders import ConsoleSender, FileSender
from booking_core.settings import Settings
from booking_core.storage.engines import DatabaseUnreachableError, DatabaseUrlError, check_reachable, create_engine
from booking_core.web.app import Figures

# A create (20 s), its look-ups (3 x 10 s with pauses) and one more create: the longest that a caller's request takes.
FINISH_WITHIN_S = 90.0


class GatewayStartError(Exception):
    """The gateway cannot serve; the text says what to do. Nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that serves: where, and what is behind it."""

    url: str
    core: Core
    watch: Watch


async def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    stream: TextIO | None = None,
    on_ready: Callable[[Gateway], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Log lines go to `stream` (stderr). GatewayStartError when it cannot begin."""
    stopping = asyncio.Event()
    async with running(settings, host, port, stream=stream) as gateway:
        _listen_for_signals(stopping)
        if on_ready is not None:
            on_ready(gateway)
        await stopping.wait()


@asynccontextmanager
async def running(settings: Settings, host: str, port: int, *, stream: TextIO | None = None) -> AsyncIterator[Gateway]:
    """A gateway for as long as the block lasts. Port 0 is any free port."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        engine = _engine(settings)
        stack.push_async_callback(engine.dispose)
        await _check_schema(engine, settings.profile)
        watch = make_watch(settings, clock, stream or sys.stderr, http)
        core = build_core(
            settings=settings,
            engine=engine,
            http=http,
            clock=clock,
            observers=watch.observers,
            send=_sender(settings),
        )
        await stack.enter_async_context(_webhook_alerts(watch))
        await stack.enter_async_context(_jobs(core, settings, watch))
        figures = Figures(watch.metrics.exposition, watch.recent.as_json)
        app = make_app(core, settings, reporter=watch.log, figures=figures)
        url = await stack.enter_async_context(_port(app, host, port))
        yield Gateway(url, core, watch)


def _engine(settings: Settings) -> AsyncEngine:
    try:
        return create_engine(settings.database_url)
    except DatabaseUrlError as error:
        raise GatewayStartError(str(error)) from error


async def _check_schema(engine: AsyncEngine, profile: Profile) -> None:
    """A gateway on an old schema would fail in the middle of a booking."""
    try:
        await check_reachable(engine)
    except DatabaseUnreachableError as error:
        raise GatewayStartError(str(error)) from error
    found = await current(engine)
    fitting = {LATEST} if profile.unique_key else {LATEST, WITHOUT_UNIQUE_KEY}
    if found not in fitting:
        raise GatewayStartError(f"the database schema is {found or 'empty'}, not {LATEST}: run `slotproof db upgrade`")


@asynccontextmanager
async def _port(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_WITHIN_S)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        bound_host, bound_port, *_ = runner.addresses[0]
        yield f"http://{bound_host}:{bound_port}"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, OverflowError) as error:
        raise GatewayStartError(f"cannot listen on {host}:{port} ({error})") from error


@asynccontextmanager
async def _jobs(core: Core, settings: Settings, watch: Watch) -> AsyncIterator[None]:
    planned = [Job("outbox", settings.outbox_every_s, core.send_notifications)]
    if settings.profile.reconciliation:
        planned.append(Job("reconciliation", settings.reconcile_every_s, core.reconcile))
    jobs = Jobs(planned, watch.log.failed)
    task = asyncio.create_task(jobs.run(), name="jobs")
    try:
        yield
    finally:
        jobs.stop()
        await task


@asynccontextmanager
async def _webhook_alerts(watch: Watch) -> AsyncIterator[None]:
    if watch.webhook is None:
        yield
        return
    task = asyncio.create_task(watch.webhook.run(), name="alerts")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _sender(settings: Settings) -> MessageSender:
    return FileSender(Path(settings.outbox_file)) if settings.outbox_file else ConsoleSender(sys.stdout)


def _listen_for_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
