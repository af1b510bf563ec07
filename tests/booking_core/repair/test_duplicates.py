from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, insert, select
from sqlalchemy.pool import StaticPool

from booking_core.migrations import schema
from booking_core.repair.duplicates import NOTE, DuplicatePolicy, find_duplicates, settle_duplicates
from booking_core.storage.tables import APPOINTMENTS, CUSTOMERS, NOTIFICATIONS, SERVICES, SYSTEM_AUDIT_LOG

NOW = datetime(2025, 10, 7, 8, 0, tzinfo=UTC)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    content = schema.schema_template_bytes(schema.WITHOUT_UNIQUE_KEY)

    def opened() -> sqlite3.Connection:
        driver = sqlite3.connect(":memory:")
        driver.deserialize(content)
        return driver

    engine = create_engine("sqlite://", creator=opened, poolclass=StaticPool)
    with engine.connect() as connection:
        people = [{"id": number, "name": f"Customer {number}", "phone": f"+49{number}"} for number in (1, 2, 3)]
        connection.execute(insert(CUSTOMERS), people)
        connection.execute(insert(SERVICES).values(id=1, name="Beratung", calcom_event_type_id=1, duration_minutes=15))
        yield connection
    engine.dispose()


@st.composite
def appointments(draw: st.DrawFn) -> list[Row]:
    """Rows with few bookings, customers and ages, so that they meet."""
    count = draw(st.integers(0, 8))
    return [
        {
            "id": number,
            "customer_id": draw(st.integers(1, 3)),
            "service_id": 1,
            "starts_at": NOW,
            "ends_at": NOW,
            "status": draw(st.sampled_from(["scheduled", "cancelled"])),
            "calcom_v2_booking_id": draw(st.sampled_from([None, "a", "A", "b"])),
            "created_at": NOW - timedelta(minutes=draw(st.integers(0, 2))),
        }
        for number in range(1, count + 1)
    ]


@given(rows=appointments(), policy=st.sampled_from(DuplicatePolicy))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_settling_leaves_every_booking_with_its_oldest_row_and_changes_no_other(
    connection: Connection, rows: list[Row], policy: DuplicatePolicy
) -> None:
    _replace_all(connection, rows)
    keepers = {row["id"] for row in rows if _oldest(row, rows)}

    settled = settle_duplicates(connection, policy, NOW)

    left = {row.id: row for row in connection.execute(select(APPOINTMENTS))}
    assert find_duplicates(connection) == []
    assert {one.appointment_id for one in settled} == {row["id"] for row in rows} - keepers
    for row in rows:
        if row["id"] in keepers:
            assert (left[row["id"]].status, left[row["id"]].notes) == (row["status"], None)
            assert left[row["id"]].calcom_v2_booking_id == row["calcom_v2_booking_id"]
        elif policy is DuplicatePolicy.CANCEL:
            assert (left[row["id"]].status, left[row["id"]].notes) == ("cancelled", NOTE)
        else:
            assert row["id"] not in left


@given(rows=appointments())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_settled_row_is_audited_and_every_loss_told(connection: Connection, rows: list[Row]) -> None:
    _replace_all(connection, rows)
    customers = {row["id"]: row["customer_id"] for row in rows}

    settled = settle_duplicates(connection, DuplicatePolicy.CANCEL, NOW)

    audited = [row.details["old_row"]["id"] for row in connection.execute(select(SYSTEM_AUDIT_LOG))]
    told = {row.appointment_id for row in connection.execute(select(NOTIFICATIONS))}
    expected = {row["id"] for row in rows if row["status"] == "scheduled"}
    losses = {one.appointment_id for one in settled if one.customer_id != customers[one.kept_appointment_id]}
    assert sorted(audited) == sorted(one.appointment_id for one in settled)
    assert told == losses & expected


def _replace_all(connection: Connection, rows: list[Row]) -> None:
    for table in (NOTIFICATIONS, SYSTEM_AUDIT_LOG, APPOINTMENTS):
        connection.execute(delete(table))
    if rows:
        connection.execute(insert(APPOINTMENTS), rows)


def _oldest(row: Row, rows: list[Row]) -> bool:
    uid = row["calcom_v2_booking_id"]
    same = [other for other in rows if other["calcom_v2_booking_id"] == uid]
    return uid is None or row is min(same, key=lambda other: (other["created_at"], other["id"]))
