"""The database that a `slotproof db` command works on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations.schema import UnknownRevisionError
from booking_core.repair.errors import RepairImpossibleError
from booking_core.storage.engines import DatabaseUnreachableError, DatabaseUrlError, check_reachable, create_engine
from scenarios.errors import UsageError

T = TypeVar("T")


def database_url(option: str | None) -> str:
    """The URL from the option or DATABASE_URL; UsageError when neither is there."""
    url = option or os.environ.get("DATABASE_URL")
    if not url:
        raise UsageError("no database: expected --database URL or the variable DATABASE_URL")
    return url


def with_engine(option: str | None, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do the work on the database and close it; what a user can put right becomes a UsageError."""

    async def run() -> T:
        engine = create_engine(database_url(option))
        try:
            await check_reachable(engine)
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except (DatabaseUrlError, DatabaseUnreachableError, UnknownRevisionError, RepairImpossibleError) as problem:
        raise UsageError(str(problem)) from None
