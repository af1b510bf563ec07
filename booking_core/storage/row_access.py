"""Reading and writing rows inside one open transaction: the few lines that every repository needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    MappingResult,
    RowMapping,
    Select,
    Table,
    and_,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from booking_core.ports.world import Ids

Row = Mapping[str, Any]


class RowAccess:
    """Statements on one connection; new rows get the ids that `ids` hands out, else the database's."""

    def __init__(self, connection: AsyncConnection, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids

    async def one(self, query: Select[Any], parameters: Row | None = None) -> RowMapping | None:
        """The first row, or None."""
        rows: MappingResult = (await self._connection.execute(query, parameters)).mappings()
        return rows.first()

    async def all(self, query: Select[Any]) -> Sequence[RowMapping]:
        """Every row."""
        rows: MappingResult = (await self._connection.execute(query)).mappings()
        return rows.all()

    async def insert(self, table: Table, values: Row) -> int:
        """Add a row; returns its id."""
        result = await self._connection.execute(insert(table).values(**self._numbered(table, values)))
        key = result.inserted_primary_key
        assert key is not None, "every table has a primary key"
        return int(key[0])

    async def insert_if_absent(self, table: Table, values: Row, key: Sequence[str]) -> bool:
        """Add a row unless one with the same key is there; whether it was added.

        Two transactions doing this at once meet in the unique key: the loser is refused and run again.
        """
        numbered = self._numbered(table, values)
        present = select(table.c.id).where(_equals(table, {name: values[name] for name in key})).exists()
        row = select(*(literal(value, table.c[name].type) for name, value in numbered.items())).where(~present)
        result = await self._connection.execute(insert(table).from_select(list(numbered), row))
        return result.rowcount == 1

    async def update(self, table: Table, row_id: int, values: Row) -> None:
        """Change one row by its id."""
        await self._connection.execute(update(table).where(table.c.id == row_id).values(**values))

    async def execute(self, statement: Executable) -> None:
        """Any other statement whose result says nothing."""
        await self._connection.execute(statement)

    def _numbered(self, table: Table, values: Row) -> dict[str, Any]:
        row_id = self._ids.row_id(table.name)
        return dict(values) if row_id is None else {"id": row_id, **values}


def _equals(table: Table, values: Row) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in values.items()))
