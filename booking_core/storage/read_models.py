"""What is stored, as plain dicts: for reports and for checkers, which never look into tables themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from booking_core.storage.tables import (
    APPOINTMENT_CALLS,
    APPOINTMENTS,
    BOOKING_ATTEMPTS,
    CALLS,
    CUSTOMERS,
    NOTIFICATIONS,
    SYSTEM_AUDIT_LOG,
    WEBHOOK_EVENTS,
)
from booking_core.storage.times import instant_text

Rows = dict[str, list[dict[str, Any]]]

_SHOWN = (
    CUSTOMERS,
    APPOINTMENTS,
    CALLS,
    APPOINTMENT_CALLS,
    BOOKING_ATTEMPTS,
    SYSTEM_AUDIT_LOG,
    NOTIFICATIONS,
    WEBHOOK_EVENTS,
)
_QUERIES = {table.name: select(table).order_by(table.c.id) for table in _SHOWN}


async def read_rows(engine: AsyncEngine, *, tables: Iterable[str] | None = None) -> Rows:
    """Every row by table name and id, all from one transaction; only the named tables when `tables` is given.

    Instants are ISO 8601 text in UTC (`2025-10-10T06:00:00Z`), JSON columns are what they hold, all else is
    as stored. Needs revision 0002 or later.
    """
    wanted = _QUERIES.keys() if tables is None else set(tables)
    async with engine.begin() as connection:
        return {name: await _rows(connection, query) for name, query in _QUERIES.items() if name in wanted}


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    result = await connection.execute(query)
    return [{name: _plain(value) for name, value in row.items()} for row in result.mappings()]


def _plain(value: object) -> object:
    return instant_text(value) if isinstance(value, datetime) else value
