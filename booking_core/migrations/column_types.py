"""Column types and table options that every step uses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

# Ids are never used twice (SQLite would reuse the last one); MariaDB compares uids exactly, also their case.
TABLE_OPTIONS: dict[str, Any] = {
    "sqlite_autoincrement": True,
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


def row_id() -> sa.types.TypeEngine[int]:
    """64 bits; on SQLite the only type that numbers itself."""
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def instant() -> sa.types.TypeEngine[Any]:
    """UTC with microseconds."""
    return sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def primary_key() -> sa.Column[int]:
    """The column `id`."""
    return sa.Column("id", row_id(), primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False, ondelete: str | None = None) -> sa.Column[int]:
    """A column that points to another table's id."""
    return sa.Column(name, row_id(), sa.ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable)


def asked_at() -> sa.Column[Any]:
    """When a call's newest request was signed (0002; 0004 for databases that had that step before)."""
    return sa.Column("asked_at", instant())


def awaited() -> sa.Column[bool]:
    """Whether somebody was told to wait for an attempt's end (0002; 0004 for databases that had that step before)."""
    return sa.Column("awaited", sa.Boolean, nullable=False, server_default=sa.false())
