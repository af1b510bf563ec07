"""The database of a load run: one of its own, migrated, with the company's two services in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations.schema import WITHOUT_UNIQUE_KEY, upgrade
from booking_core.profiles import profiles
from booking_core.storage.engines import DatabaseUnreachableError, DatabaseUrlError, create_engine, parse_url
from booking_core.storage.tables import SERVICES
from scenarios.backstage import add_the_service
from scenarios.errors import UsageError
from scenarios.incidents.facts import SLOT_MINUTES
from scenarios.load.settings import PERSONAL, PERSONAL_EVENT_TYPE_ID, LoadSettings


@asynccontextmanager
async def database_of(settings: LoadSettings, folder: Path) -> AsyncIterator[tuple[str, AsyncEngine]]:
    """Its URL, and an engine to look at its rows.

    On a server it is a database beside the one named, dropped afterwards; a SQLite file must be a new one and stays.
    """
    async with _opened(settings.database, folder) as engine:
        revision = "head" if profiles()[settings.profile].unique_key else WITHOUT_UNIQUE_KEY
        try:
            await upgrade(engine, revision)
        except DatabaseUnreachableError as problem:
            raise UsageError(f"--database: {problem}") from None
        await add_the_service(engine)
        await _add_the_personal_service(engine)
        yield engine.url.render_as_string(hide_password=False), engine


@asynccontextmanager
async def _opened(wanted: str | None, folder: Path) -> AsyncIterator[AsyncEngine]:
    from scenarios.real_database import scratch_engine

    try:
        url = parse_url(wanted or f"sqlite:///{folder / 'load.db'}")
        if url.get_backend_name() != "sqlite":
            async with scratch_engine(url) as engine:
                yield engine
            return
        await asyncio.to_thread(_refuse_used, Path(url.database or ""))
        engine = create_engine(url.render_as_string(hide_password=False))
    except DatabaseUrlError as problem:
        raise UsageError(f"--database: {problem}") from None
    try:
        yield engine
    finally:
        await engine.dispose()


async def _add_the_personal_service(engine: AsyncEngine) -> None:
    row = {"name": PERSONAL, "calcom_event_type_id": PERSONAL_EVENT_TYPE_ID, "duration_minutes": SLOT_MINUTES}
    async with engine.begin() as connection:
        await connection.execute(SERVICES.insert().values(id=2, **row))


def _refuse_used(path: Path) -> None:
    if path.name in {"", ":memory:"}:
        raise UsageError("--database: several processes share it, so a SQLite database must be a file")
    try:
        is_there = path.exists()
    except OSError as problem:
        raise UsageError(f"--database: {path}: {problem.strerror}") from None
    if is_there:
        raise UsageError(f"--database: {path} is there already; a load run begins with a file of its own")
