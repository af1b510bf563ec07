"""Instants in the database: UTC with microseconds, the same on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.mysql import DATETIME as MYSQL_DATETIME
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """Takes and gives aware datetimes; stores UTC.

    PostgreSQL has a type for instants. SQLite and MariaDB keep the naive UTC time; MariaDB's driver gets it as
    text, because it chooses its converter by exact class and a frozen clock hands out a subclass of datetime.
    Raises ValueError for a naive datetime: which instant it means, nobody could tell later.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamptz` on PostgreSQL, `DATETIME(6)` on MariaDB, text on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(MYSQL_DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """On the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the instant {value.isoformat()} has no time zone; expected an aware datetime")
        instant = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return instant
        naive = instant.replace(tzinfo=None)
        return naive if dialect.name == "sqlite" else naive.isoformat(sep=" ", timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's hook
        """On the way out."""
        if value is None:
            return None
        instant: datetime = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return instant.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """ISO 8601 in UTC, `2025-10-10T06:00:00Z`, as rows are shown and audited; a naive value is UTC already."""
    instant = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return instant.isoformat().replace("+00:00", "Z")
