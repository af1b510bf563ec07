"""Reading and writing rows inside one open transaction: the few lines that every repository needs.

Statements are built once and executed with parameters: building one anew costs as much as running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Executable,
    Insert,
    MappingResult,
    RowMapping,
    Select,
    Table,
    Update,
    bindparam,
    insert,
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

    async def all(self, query: Select[Any], parameters: Row | None = None) -> Sequence[RowMapping]:
        """Every row."""
        rows: MappingResult = (await self._connection.execute(query, parameters)).mappings()
        return rows.all()

    async def insert(self, table: Table, values: Row) -> int:
        """Add a row; returns its id."""
        result = await self._connection.execute(_insert(table), self._numbered(table, values))
        key = result.inserted_primary_key
        assert key is not None, "every table has a primary key"
        return int(key[0])

    async def insert_if_absent(self, table: Table, values: Row, key: Sequence[str]) -> bool:
        """Add a row unless one with the same key is there; whether it was added.

        Two transactions doing this at once meet in the unique key: the loser is refused and run again.
        """
        numbered = self._numbered(table, values)
        statement = _insert_if_absent(table, tuple(numbered), tuple(key))
        result = await self._connection.execute(statement, {f"new_{name}": value for name, value in numbered.items()})
        return result.rowcount == 1

    async def update(self, table: Table, row_id: int, values: Row) -> None:
        """Change one row by its id."""
        await self.execute(_update(table), {"row_id": row_id, **values})

    async def execute(self, statement: Executable, parameters: Row) -> None:
        """Any other statement whose result says nothing."""
        await self._connection.execute(statement, parameters)

    def _numbered(self, table: Table, values: Row) -> dict[str, Any]:
        row_id = self._ids.row_id(table.name)
        return dict(values) if row_id is None else {"id": row_id, **values}


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _update(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("row_id"))


@cache
def _insert_if_absent(table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Insert:
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    present = select(table.c.id).where(*(table.c[name] == new[name] for name in key)).exists()
    return insert(table).from_select(names, select(*new.values()).where(~present))
