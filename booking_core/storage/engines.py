"""Engines for the three databases, from a URL as a user writes it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event
from sqlalchemy.engine import URL, AdaptedConnection, Connection, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, Pool

# On both servers a statement sees what is committed when it starts. MariaDB's default, REPEATABLE READ, would show
# the past to whoever waited for another request of the same call, and its gap locks turn waiting into deadlocks.
# A server closes idle connections in its own time; better to notice before a booking than in it.
_SERVER_OPTIONS = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}

AsyncCreator = Callable[..., Awaitable[Any]]

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
    "mariadb+asyncmy": "mysql+asyncmy",
}
_EXPECTED = "expected sqlite:///FILE, postgresql://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE"


class DatabaseUrlError(ValueError):
    """The URL names no database that this program can use. Correct it and try again."""


class DatabaseUnreachableError(Exception):
    """The database does not answer, or not to this user. Nothing was changed: check server, file and rights."""


class SqliteMode(StrEnum):
    """When a SQLite transaction begins.

    `legacy`: at the first write, as Python's driver does by itself, so that a check before it is outside.
    `begin`: with the first statement, on a snapshot. `immediate`: at once with the write lock; the loser waits.
    """

    LEGACY = "legacy"
    BEGIN = "begin"
    IMMEDIATE = "immediate"


_BEGIN = {SqliteMode.BEGIN: "BEGIN", SqliteMode.IMMEDIATE: "BEGIN IMMEDIATE"}


def create_engine(
    url: str,
    *,
    sqlite_mode: SqliteMode = SqliteMode.IMMEDIATE,
    async_creator: AsyncCreator | None = None,
    pool: type[Pool] = AsyncAdaptedQueuePool,
    pool_size: int = 5,
) -> AsyncEngine:
    """An engine for `sqlite:`, `postgresql:`, `mysql:` or `mariadb:` URLs; drivers may be named or left out.

    `async_creator` opens the driver's connections instead of the URL, `pool` keeps them (a simulator brings both).
    Raises DatabaseUrlError for anything else, also when the database's driver is not installed.
    """
    parsed = parse_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    options: dict[str, Any] = {} if is_sqlite else dict(_SERVER_OPTIONS)
    if async_creator is not None:
        options["async_creator"] = async_creator
    # A memory database lives in its connection: one for all, and transactions queue for it.
    in_memory = async_creator is None and is_sqlite and parsed.database in {None, "", ":memory:"}
    if is_sqlite and async_creator is None and not in_memory:
        _check_folder(parsed)
    size = {"pool_size": 1, "max_overflow": 0} if in_memory else {"pool_size": pool_size}
    try:
        engine = create_async_engine(parsed, poolclass=pool, **size, **options)
    except ModuleNotFoundError as error:
        raise DatabaseUrlError(
            f"database URL {_shown(parsed)}: the driver {error.name} is not installed; "
            "install slotproof[postgres] or slotproof[mariadb]"
        ) from error
    if parsed.get_backend_name() == "mysql":
        _quieten_driver()
    if is_sqlite:
        _prepare_sqlite(engine, sqlite_mode, owns_file=async_creator is None)
    return engine


def _quieten_driver() -> None:
    """Of every primary key asyncmy logs that its name is ignored: without a handler that would reach a terminal."""
    logger = logging.getLogger("asyncmy")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def parse_url(url: str) -> URL:
    """The URL with the driver that this program uses; raises DatabaseUrlError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError(f"cannot read the database URL {url!r}: {_EXPECTED}") from error
    name = parsed.drivername
    driver = _DRIVERS.get(name, name)
    if driver not in _DRIVERS.values():
        raise DatabaseUrlError(f"database URL {_shown(parsed)}: {name!r} is not supported; {_EXPECTED}")
    return parsed.set(drivername=driver)


def _check_folder(url: URL) -> None:
    """Told before the driver starts its thread: one whose connection fails may outlive the loop and complain."""
    folder = Path(url.database or "").parent
    if not folder.is_dir():
        raise DatabaseUrlError(f"database URL {_shown(url)}: the folder {folder} does not exist")


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _prepare_sqlite(engine: AsyncEngine, mode: SqliteMode, *, owns_file: bool) -> None:
    """Foreign keys and WAL on every connection, and the BEGIN that the driver would send too late.

    Whoever brings the connections decides about the journal.
    """
    begin = _BEGIN.get(mode)

    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        if owns_file:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
        if begin is not None:
            connection.isolation_level = None

    def on_begin(connection: Connection) -> None:
        if begin is not None:
            _send(connection, begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)


def _send(connection: Connection, statement: str) -> None:
    """One hop to the driver's thread; through a cursor it would be three, in every transaction."""
    try:
        cast(AdaptedConnection, connection.connection.dbapi_connection).run_async(
            lambda driver: driver.execute(statement)
        )
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


async def check_reachable(engine: AsyncEngine) -> None:
    """Open one connection and give it back; raises DatabaseUnreachableError with the reason in one line."""
    try:
        async with engine.connect():
            pass
    except Exception as error:  # drivers raise classes of their own here: OSError, asyncpg's, asyncmy's, SQLAlchemy's
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise DatabaseUnreachableError(f"database {_shown(engine.url)}: {reason}") from error
