"""Schema up and down, and whether the database is in order."""

from __future__ import annotations

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations import schema as migrations
from booking_core.repair.duplicates import DuplicatePolicy
from booking_core.repair.verification import Verification
from booking_core.repair.verification import verify as ask
from scenarios.cli.db.connection import with_engine
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError


def upgrade(database: str | None, revision: str, policy: str) -> None:
    """Bring it up and say where it stands."""
    chosen = read_policy(policy)

    async def work(engine: AsyncEngine) -> str | None:
        await migrations.upgrade(engine, revision, chosen)
        return await migrations.current(engine)

    typer.echo(f"the schema is at {with_engine(database, work)}")


def downgrade(database: str | None, revision: str) -> None:
    """Take it back and say where it stands."""

    async def work(engine: AsyncEngine) -> str | None:
        await migrations.downgrade(engine, revision)
        return await migrations.current(engine)

    typer.echo(f"the schema is at {with_engine(database, work) or 'base: empty'}")


def verify(database: str | None) -> None:
    """The verification queries; exit status 10 when the database is not in order."""

    async def work(engine: AsyncEngine) -> Verification:
        return await ask(engine)

    found = with_engine(database, work)
    typer.echo(f"bookings with several appointments: {found.duplicate_bookings} (wanted 0)")
    typer.echo(f"unique keys on the booking id: {found.unique_keys} (wanted 1)")
    if not found.in_order:
        raise typer.Exit(ExitCode.SAFETY_VIOLATED)


def read_policy(policy: str) -> DuplicatePolicy:
    """cancel or delete; UsageError otherwise."""
    try:
        return DuplicatePolicy(policy)
    except ValueError:
        raise UsageError(f"--policy {policy}: expected cancel or delete") from None
