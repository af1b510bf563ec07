"""The repairs as one would run them: each tells what it found and changes nothing unless told to apply.

All of a repair is one transaction, and running it again finds nothing left to do.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from booking_core.domain.model import Call
from booking_core.ports.world import Clock, Ids
from booking_core.repair.duplicates import Duplicate, DuplicatePolicy, find_duplicates, settle_duplicates
from booking_core.repair.errors import require_tables
from booking_core.repair.ledger import read_concerned
from booking_core.repair.links import MissingLink, OrphanCall, find_missing_links, find_orphan_calls
from booking_core.storage.unit_of_work import SqlUnitOfWork

LINK_AUDIT_EVENT = "call_linked_by_backfill"


class DuplicateRepair:
    """Several appointments on one booking: the oldest stays, the others are settled, audited and told to customers."""

    def __init__(self, *, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(
        self, *, apply: bool = False, policy: DuplicatePolicy = DuplicatePolicy.CANCEL
    ) -> list[Duplicate]:
        """What is (or, applied, was) a duplicate, by booking and age. Raises RepairImpossibleError."""

        def work(connection: Connection) -> list[Duplicate]:
            require_tables(connection)
            return settle_duplicates(connection, policy, self._clock.now()) if apply else find_duplicates(connection)

        async with self._engine.begin() as connection:
            return await connection.run_sync(work)


class OrphanSearch:
    """Calls that wanted or made an appointment and point to none. It only looks: `LinkBackfill` is the remedy."""

    def __init__(self, *, engine: AsyncEngine) -> None:
        self._engine = engine

    async def __call__(self) -> list[OrphanCall]:
        """By call. Raises RepairImpossibleError."""
        async with self._engine.begin() as connection:
            concerned = await read_concerned(connection)
        return find_orphan_calls(concerned.calls, concerned.ledger)


class LinkBackfill:
    """Links calls to the appointments that they made (682) or met (766)."""

    def __init__(self, *, engine: AsyncEngine, clock: Clock, ids: Ids) -> None:
        self._engine = engine
        self._clock = clock
        self._ids = ids

    async def __call__(self, *, apply: bool = False) -> list[MissingLink]:
        """What is (or, applied, was) missing, by call. Raises RepairImpossibleError."""
        async with self._engine.begin() as connection:
            concerned = await read_concerned(connection)
            missing = find_missing_links(concerned.calls, concerned.ledger)
            if apply:
                await self._write(connection, missing, {call.id: call for call in concerned.calls})
        return missing

    async def _write(self, connection: AsyncConnection, missing: list[MissingLink], calls: dict[int, Call]) -> None:
        uow = SqlUnitOfWork(connection, self._ids)
        at = self._clock.now()
        pointing = {call.id for call in calls.values() if call.appointment_id is not None}
        for link in missing:
            await uow.appointment_calls.add(link.appointment_id, link.call_id, link.relation, at)
            if link.call_id not in pointing:
                await uow.calls.link(link.call_id, link.appointment_id, _metadata(calls[link.call_id], link, at))
                pointing.add(link.call_id)
            await uow.audit.add(LINK_AUDIT_EVENT, at, _audit_details(link))


def _metadata(call: Call, link: MissingLink, at: datetime) -> dict[str, Any] | None:
    """What was noted before stays, and the backfill's own facts are added."""
    added = link.metadata(at)
    return None if added is None else {**(call.booking_metadata or {}), **added}


def _audit_details(link: MissingLink) -> dict[str, Any]:
    return {"call_id": link.call_id, "appointment_id": link.appointment_id, "relationship_type": link.relation.value}
