from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError

from booking_core.storage.errors import BOOKING_KEY, MEETING_KEYS, is_given_up, violates
from booking_core.storage.transactions import is_worth_repeating


class DriverError(Exception):
    """As asyncmy raises it."""


class PostgresError(Exception):
    """As SQLAlchemy wraps asyncpg's: the state here, the constraint's name on the cause."""

    def __init__(self, sqlstate: str, constraint: str | None = None) -> None:
        super().__init__("duplicate key value violates unique constraint")
        self.sqlstate = sqlstate
        self.__cause__ = AsyncpgError(constraint)


class AsyncpgError(Exception):
    def __init__(self, constraint_name: str | None) -> None:
        super().__init__()
        self.constraint_name = constraint_name


def sqlite_error(code: int, message: str) -> sqlite3.IntegrityError:
    error = sqlite3.IntegrityError(message)
    error.sqlite_errorcode = code
    return error


def integrity(original: Exception) -> IntegrityError:
    return IntegrityError("INSERT", {}, original)


BY_THE_KEY = [
    sqlite_error(2067, "UNIQUE constraint failed: appointments.calcom_v2_booking_id"),
    PostgresError("23505", "unique_calcom_v2_booking_id"),
    DriverError(1062, "Duplicate entry '8Fxv' for key 'unique_calcom_v2_booking_id'"),
    DriverError(1062, "Duplicate entry '8Fxv' for key 'appointments.unique_calcom_v2_booking_id'"),
]
OTHERWISE = [
    sqlite_error(1555, "UNIQUE constraint failed: appointments.id"),
    sqlite_error(787, "FOREIGN KEY constraint failed"),
    sqlite_error(1299, "NOT NULL constraint failed: appointments.calcom_v2_booking_id"),
    sqlite_error(2067, "UNIQUE constraint failed: calls.retell_call_id"),
    sqlite3.IntegrityError("UNIQUE constraint failed: appointments.calcom_v2_booking_id"),
    PostgresError("23505", "appointments_pkey"),
    PostgresError("23503", "unique_calcom_v2_booking_id"),
    DriverError(1062, "Duplicate entry '642' for key 'PRIMARY'"),
    DriverError(1062, "Duplicate entry 'x' for key 'unique_calcom_v2_booking_id_2'"),
    DriverError(1452, "Cannot add or update a child row ... for key 'unique_calcom_v2_booking_id'"),
    DriverError("no number"),
    DriverError(),
]


@pytest.mark.parametrize("original", BY_THE_KEY, ids=str)
def test_the_refusal_by_the_booking_key_is_known_on_every_database(original: Exception) -> None:
    assert violates(integrity(original), BOOKING_KEY)


@pytest.mark.parametrize("original", OTHERWISE, ids=str)
def test_any_other_integrity_error_is_not_taken_for_it(original: Exception) -> None:
    assert not violates(integrity(original), BOOKING_KEY)


@given(st.text())
def test_no_entry_that_somebody_sends_can_pass_for_the_key(entry: str) -> None:
    text = f"Duplicate entry '{entry} for key 'unique_calcom_v2_booking_id'' for key 'PRIMARY'"

    assert not violates(integrity(DriverError(1062, text)), BOOKING_KEY)


@pytest.mark.parametrize(
    "original",
    [
        sqlite_error(sqlite3.SQLITE_BUSY, "database is locked"),
        sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT, "database is locked"),
        PostgresError("40001"),
        PostgresError("40P01"),
        DriverError(1213, "Deadlock found when trying to get lock; try restarting transaction"),
        DriverError(1205, "Lock wait timeout exceeded; try restarting transaction"),
    ],
    ids=str,
)
def test_a_transaction_that_the_database_gave_up_may_be_repeated(original: Exception) -> None:
    assert is_given_up(OperationalError("UPDATE", {}, original))
    assert is_worth_repeating(OperationalError("UPDATE", {}, original))


@pytest.mark.parametrize(
    "original", [*OTHERWISE, *BY_THE_KEY[:1], PostgresError("57014"), DriverError(2013, "gone")], ids=str
)
def test_nothing_else_is_given_up(original: Exception) -> None:
    assert not is_given_up(OperationalError("UPDATE", {}, original))


@pytest.mark.parametrize("key", MEETING_KEYS, ids=lambda key: str(key.name))
def test_meeting_in_a_key_of_our_own_is_worth_repeating_but_the_booking_key_is_not(key: object) -> None:
    name = getattr(key, "name", "")

    assert is_worth_repeating(integrity(PostgresError("23505", name)))
    assert not is_worth_repeating(integrity(PostgresError("23505", BOOKING_KEY.name)))
