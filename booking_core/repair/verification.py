"""The queries that tell whether a database is in order: no booking with two rows, one unique key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.storage.tables import APPOINTMENTS

_KEY = "unique_calcom_v2_booking_id"


@dataclass(frozen=True, slots=True)
class Verification:
    """Bookings that have several appointments (wanted: 0), and unique keys of that name (wanted: 1)."""

    duplicate_bookings: int
    unique_keys: int

    @property
    def in_order(self) -> bool:
        """Whether Layer 4 is there and holds for every row."""
        return (self.duplicate_bookings, self.unique_keys) == (0, 1)


async def verify(engine: AsyncEngine) -> Verification:
    """Ask the database; it needs the table `appointments`."""
    async with engine.connect() as connection:
        return await connection.run_sync(_verify)


def _verify(connection: Connection) -> Verification:
    uid = APPOINTMENTS.c.calcom_v2_booking_id
    shared = select(uid).where(uid.is_not(None)).group_by(uid).having(func.count() > 1).subquery()
    duplicates = connection.scalar(select(func.count()).select_from(shared))
    keys = [one for one in inspect(connection).get_indexes("appointments") if one["name"] == _KEY and one["unique"]]
    return Verification(duplicates or 0, len(keys))
