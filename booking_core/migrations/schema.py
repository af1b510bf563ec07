"""The way into the migrations: up, down, where we are, and a ready SQLite database as bytes.

Alembic is imported late: a command that changes no schema does not pay for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.migrations.turns import alone
from booking_core.repair.duplicates import DuplicatePolicy
from booking_core.storage import engines

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

_FOLDER = str(Path(__file__).parent)
WITHOUT_UNIQUE_KEY = "0002"  # all tables, but no Layer 4
LATEST = "0004"  # what `head` is


class UnknownRevisionError(ValueError):
    """There is no such step in the migrations. Name one of 0001 to 0004, `head` or (downwards) `base`."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration needs to know: what becomes of duplicates, and the instant written into the audit log."""

    duplicates: DuplicatePolicy = DuplicatePolicy.CANCEL
    at: datetime | None = None  # now, when left out


async def upgrade(
    target: AsyncEngine | str,
    revision: str = "head",
    duplicates: str = DuplicatePolicy.CANCEL,
    *,
    at: datetime | None = None,
) -> None:
    """Bring the database up to `revision`; already there is fine. `duplicates` is `cancel` or `delete`.

    Raises UnknownRevisionError, ValueError for another policy, DatabaseUrlError for a bad URL and
    DatabaseUnreachableError.
    """
    migration = Migration(duplicates=DuplicatePolicy(duplicates), at=at)
    await _run(target, lambda connection: upgrade_connection(connection, revision, migration))


async def downgrade(target: AsyncEngine | str, revision: str) -> None:
    """Take the database back to `revision` (`base` is empty); tables of later steps are lost with their rows."""
    await _run(target, lambda connection: downgrade_connection(connection, revision))


async def current(target: AsyncEngine | str) -> str | None:
    """The revision that the database is at; None when no migration has run."""
    return await _run(target, current_revision)


def upgrade_connection(connection: Connection, revision: str = "head", migration: Migration | None = None) -> None:
    """Bring the database of an open connection up, inside the caller's transaction."""
    from alembic import command

    with alone(connection):
        command.upgrade(_config(connection, migration or Migration(), revision), revision)


def downgrade_connection(connection: Connection, revision: str) -> None:
    """Take the database of an open connection back, inside the caller's transaction."""
    from alembic import command

    with alone(connection):
        command.downgrade(_config(connection, Migration(), revision), revision)


def current_revision(connection: Connection) -> str | None:
    """The revision that an open connection's database is at."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def schema_template_bytes(revision: str = "head") -> bytes:
    """An empty SQLite database at `revision`, as the bytes of its file: write them and open it.

    Takes a good part of a second (alembic): make it once, copy it often.
    """
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            upgrade_connection(connection, revision)
            connection.commit()
            driver = connection.connection.driver_connection
            assert driver is not None, "a connection that has just been used is open"
            content: bytes = driver.serialize()
            return content
    finally:
        engine.dispose()


async def _run(target: AsyncEngine | str, work: Callable[[Connection], T]) -> T:
    async with _engine(target) as engine:
        await engines.check_reachable(engine)
        async with engine.begin() as connection:
            return await connection.run_sync(work)


@asynccontextmanager
async def _engine(target: AsyncEngine | str) -> AsyncIterator[AsyncEngine]:
    """The given engine, or one for the URL that is closed afterwards."""
    if isinstance(target, AsyncEngine):
        yield target
        return
    engine = engines.create_engine(target)
    try:
        yield engine
    finally:
        await engine.dispose()


def _config(connection: Connection, migration: Migration, revision: str) -> Config:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", _FOLDER.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["transactional_ddl"] = connection.dialect.name in {"sqlite", "postgresql"}
    config.attributes["duplicates"] = migration.duplicates
    config.attributes["at"] = migration.at or datetime.now(UTC)
    try:
        ScriptDirectory.from_config(config).get_revisions(revision)
    except CommandError as error:
        raise UnknownRevisionError(f"no migration {revision!r}; expected 0001 to 0004, head or base") from error
    return config
