from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemIds
from booking_core.migrations import schema
from booking_core.repair.duplicates import DuplicatePolicy
from booking_core.repair.errors import RepairImpossibleError
from booking_core.repair.repairs import DuplicateRepair, LinkBackfill, OrphanSearch
from booking_core.repair.verification import Verification, verify
from booking_core.storage.engines import create_engine
from booking_core.storage.read_models import Rows, read_rows
from booking_core.storage.tables import APPOINTMENTS, CALLS
from tests.booking_core.repair.incident_rows import BOOKING_687, fill

NOW = datetime(2025, 10, 7, 8, 0, tzinfo=UTC)


class RepairDay:
    """A clock that stands on the day of the clean-up."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    try:
        await schema.upgrade(engine, schema.WITHOUT_UNIQUE_KEY)
        await fill(engine)
        yield engine
    finally:
        await engine.dispose()


def duplicate_repair(engine: AsyncEngine) -> DuplicateRepair:
    return DuplicateRepair(engine=engine, clock=RepairDay())


def backfill(engine: AsyncEngine) -> LinkBackfill:
    return LinkBackfill(engine=engine, clock=RepairDay(), ids=SystemIds())


def by_id(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def relations(rows: Rows) -> list[tuple[int, int, str]]:
    return sorted(
        (row["appointment_id"], row["call_id"], row["relationship_type"]) for row in rows["appointment_calls"]
    )


async def test_the_incident_database_is_put_in_order(engine: AsyncEngine) -> None:
    before = await verify(engine)

    await duplicate_repair(engine)(apply=True)
    await backfill(engine)(apply=True)
    await schema.upgrade(engine)

    assert before == Verification(duplicate_bookings=1, unique_keys=0)
    assert not before.in_order
    assert await verify(engine) == Verification(duplicate_bookings=0, unique_keys=1)
    assert (await verify(engine)).in_order
    calls = by_id((await read_rows(engine))["calls"])
    assert {number: call["appointment_id"] for number, call in calls.items()} == {
        682: 640,
        687: 642,
        688: None,
        766: 640,
    }


async def test_looking_changes_nothing(engine: AsyncEngine) -> None:
    before = await read_rows(engine)

    found = await duplicate_repair(engine)()
    missing = await backfill(engine)()
    orphans = await OrphanSearch(engine=engine)()

    assert [one.appointment_id for one in found] == [643]
    assert [link.call_id for link in missing] == [682, 687, 766]
    assert [orphan.call_id for orphan in orphans] == [682, 687, 688, 766]
    assert await read_rows(engine) == before


async def test_a_settled_duplicate_is_cancelled_and_audited_with_its_whole_row(engine: AsyncEngine) -> None:
    old_row = by_id((await read_rows(engine))["appointments"])[643]

    await duplicate_repair(engine)(apply=True)

    rows = await read_rows(engine)
    appointment = by_id(rows["appointments"])[643]
    assert (appointment["status"], appointment["calcom_v2_booking_id"]) == ("cancelled", None)
    assert appointment["notes"] == "SYSTEM ERROR: Duplicate booking ID detected"
    (line,) = rows["system_audit_log"]
    assert line["event_type"] == "duplicate_booking_bug"
    assert line["details"]["old_row"] == old_row
    assert (line["details"]["booking_uid"], line["details"]["kept_appointment_id"]) == (BOOKING_687, 642)


async def test_the_customer_who_loses_the_appointment_is_told_and_the_other_is_not(engine: AsyncEngine) -> None:
    await duplicate_repair(engine)(apply=True)

    told = (await read_rows(engine))["notifications"]
    assert [(one["customer_id"], one["appointment_id"], one["kind"]) for one in told] == [
        (338, 643, "duplicate_settled")
    ]


async def test_a_duplicate_of_the_same_customer_is_nobodys_loss(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(update(APPOINTMENTS).where(APPOINTMENTS.c.id == 643).values(customer_id=342))

    await duplicate_repair(engine)(apply=True)

    assert (await read_rows(engine))["notifications"] == []


async def test_deleting_is_audited_as_well_and_names_the_calls_it_unlinks(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(update(CALLS).where(CALLS.c.id == 688).values(appointment_id=643))

    await duplicate_repair(engine)(apply=True, policy=DuplicatePolicy.DELETE)

    rows = await read_rows(engine)
    assert sorted(by_id(rows["appointments"])) == [640, 642]
    assert by_id(rows["calls"])[688]["appointment_id"] is None
    assert rows["system_audit_log"][0]["details"]["linked_calls"] == [688]
    assert rows["system_audit_log"][0]["details"]["old_row"]["id"] == 643


async def test_three_rows_of_one_booking_leave_the_oldest(engine: AsyncEngine) -> None:
    row = {"call_id": 688, "customer_id": 338, "service_id": 1, "status": "scheduled"}
    when = datetime(2025, 10, 1, tzinfo=UTC)  # its id is the largest, and yet it is the oldest
    times = {"starts_at": NOW, "ends_at": NOW, "created_at": when}
    async with engine.begin() as connection:
        await connection.execute(
            insert(APPOINTMENTS), [{"id": 900, "calcom_v2_booking_id": BOOKING_687, **row, **times}]
        )

    settled = await duplicate_repair(engine)(apply=True)

    assert [(one.appointment_id, one.kept_appointment_id) for one in settled] == [(642, 900), (643, 900)]


async def test_call_766_is_linked_to_the_appointment_its_customer_held(engine: AsyncEngine) -> None:
    await backfill(engine)(apply=True)

    rows = await read_rows(engine)
    call = by_id(rows["calls"])[766]
    assert call["appointment_id"] == 640
    assert call["booking_metadata"] == {
        "duplicate_attempt": True,
        "original_booking_call_id": 682,
        "backfilled_at": NOW.isoformat(),
    }
    assert (640, 766, "duplicate_attempt") in relations(rows)


async def test_call_682_gets_its_missing_link_back(engine: AsyncEngine) -> None:
    await backfill(engine)(apply=True)

    rows = await read_rows(engine)
    call = by_id(rows["calls"])[682]
    assert (call["appointment_id"], call["booking_metadata"]) == (640, None)
    assert (640, 682, "original") in relations(rows)


async def test_nobody_is_linked_to_a_duplicate_settled_or_not(engine: AsyncEngine) -> None:
    await backfill(engine)(apply=True)
    unsettled = await OrphanSearch(engine=engine)()

    await duplicate_repair(engine)(apply=True)
    await backfill(engine)(apply=True)
    settled = await OrphanSearch(engine=engine)()

    assert [(one.call_id, one.reason) for one in unsettled] == [
        (688, "its appointment 643 is a duplicate: settle duplicates first")
    ]
    assert [(one.call_id, one.reason) for one in settled] == [
        (688, "its appointment 643 was a duplicate and is settled: the customer has none")
    ]
    assert (await read_rows(engine))["calls"][2]["appointment_id"] is None


async def test_each_repair_finds_nothing_the_second_time(engine: AsyncEngine) -> None:
    await duplicate_repair(engine)(apply=True)
    await backfill(engine)(apply=True)
    after_once = await read_rows(engine)

    again = [*await duplicate_repair(engine)(apply=True), *await backfill(engine)(apply=True)]

    assert again == []
    assert await read_rows(engine) == after_once


async def test_every_backfilled_link_is_audited(engine: AsyncEngine) -> None:
    await backfill(engine)(apply=True)

    audit = (await read_rows(engine))["system_audit_log"]
    assert [(line["event_type"], line["details"]["call_id"]) for line in audit] == [
        ("call_linked_by_backfill", 682),
        ("call_linked_by_backfill", 687),
        ("call_linked_by_backfill", 766),
    ]


async def test_before_its_tables_are_there_a_repair_says_so(sqlite_url: str) -> None:
    await schema.upgrade(sqlite_url, "0001")
    engine = create_engine(sqlite_url)

    with pytest.raises(RepairImpossibleError, match="no table appointment_calls, notifications; upgrade it to 0002"):
        await duplicate_repair(engine)()

    await engine.dispose()
