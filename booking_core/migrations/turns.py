"""Two gateways that start together both migrate: they take turns, and the second finds nothing left to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

WAIT_S = 300  # a settlement of many duplicates may take a while
_NAME = "slotproof_migrations"
_NUMBER = 7_305_813  # PostgreSQL's locks have numbers; this one means nothing but "ours"


class MigrationBusyError(Exception):
    """Somebody else has been migrating this database for minutes. Look what it is doing, then try again."""


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold the database's migration lock; raises MigrationBusyError. On SQLite BEGIN IMMEDIATE is that lock."""
    match connection.dialect.name:
        case "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _NUMBER})
            yield  # the lock ends with the transaction
        case "mysql" | "mariadb":
            got = connection.scalar(
                text("SELECT GET_LOCK(MD5(CONCAT(:name, DATABASE())), :wait)"), {"name": _NAME, "wait": WAIT_S}
            )
            if got != 1:
                raise MigrationBusyError(f"another migration of this database did not end within {WAIT_S} s")
            try:
                yield
            finally:
                connection.execute(text("SELECT RELEASE_LOCK(MD5(CONCAT(:name, DATABASE())))"), {"name": _NAME})
        case _:
            yield
