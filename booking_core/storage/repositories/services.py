"""Table `services`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, bindparam, select

from booking_core.domain.model import Service
from booking_core.storage.row_access import RowAccess
from booking_core.storage.tables import SERVICES

_BY_ID = select(SERVICES).where(SERVICES.c.id == bindparam("service"))
_ALL = select(SERVICES).order_by(SERVICES.c.id)


class SqlServices:
    """Services in the database."""

    def __init__(self, rows: RowAccess) -> None:
        self._rows = rows

    async def get(self, service_id: int) -> Service | None:
        """By id."""
        row = await self._rows.one(_BY_ID, {"service": service_id})
        return None if row is None else _service(row)

    async def by_name(self, name: str | None) -> Service | None:
        """By name, case-insensitively; None is the first service.

        Compared here and not in SQL: each of the three databases has its own idea of upper-case umlauts.
        """
        services = await self.all()
        wanted = None if name is None else name.strip().casefold()
        return next((one for one in services if wanted is None or one.name.casefold() == wanted), None)

    async def all(self) -> Sequence[Service]:
        """Every service, by id."""
        return [_service(row) for row in await self._rows.all(_ALL)]


def _service(row: RowMapping) -> Service:
    return Service(
        id=row["id"],
        name=row["name"],
        calcom_event_type_id=row["calcom_event_type_id"],
        duration_minutes=row["duration_minutes"],
    )
