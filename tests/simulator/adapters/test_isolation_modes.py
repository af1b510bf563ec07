"""What two callers can do to each other on SQLite, per journal and per way to begin: the measured table, as tests."""

from __future__ import annotations

import pytest

from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions
from simulator.adapters.sqlite_store import Journal
from tests.simulator.adapters.orm import check_then_insert, go_off_call, increment, insert_then_check, races

SEEDS = 60
BOOKINGS = "SELECT COUNT(*) FROM booking"


@pytest.mark.parametrize("journal", list(Journal))
def test_check_then_insert_double_books_in_the_drivers_default_mode(journal: Journal) -> None:
    with races(journal=journal) as played:
        outcomes = played.outcomes([check_then_insert] * 2, SEEDS, BOOKINGS)

    assert set(outcomes) == {(2, "booked", "booked"), (1, "booked", "taken")}
    assert outcomes[(2, "booked", "booked")] > SEEDS // 2


@pytest.mark.parametrize("journal", list(Journal))
def test_the_unique_key_never_lets_a_slot_be_booked_twice(journal: Journal) -> None:
    with races(unique=True, journal=journal) as played:
        outcomes = played.outcomes([check_then_insert] * 2, SEEDS, BOOKINGS)

    assert set(outcomes) == {(1, "SQLITE_CONSTRAINT_UNIQUE", "booked"), (1, "booked", "taken")}


def test_a_snapshot_reader_may_not_write_after_somebody_else_did() -> None:
    with races(settings=InlineSettings(Transactions.BEGIN)) as played:
        outcomes = played.outcomes([check_then_insert] * 2, SEEDS, BOOKINGS)

    assert set(outcomes) == {(1, "SQLITE_BUSY_SNAPSHOT", "booked"), (1, "booked", "taken")}


def test_two_readers_with_a_rollback_journal_keep_each_other_from_writing() -> None:
    with races(journal=Journal.ROLLBACK, settings=InlineSettings(Transactions.BEGIN)) as played:
        outcomes = played.outcomes([check_then_insert] * 2, SEEDS, BOOKINGS)

    assert (0, "SQLITE_BUSY", "SQLITE_BUSY") in outcomes
    assert all(bookings <= 1 for bookings, *_ in outcomes)


@pytest.mark.parametrize("journal", list(Journal))
def test_begin_immediate_makes_the_callers_take_turns(journal: Journal) -> None:
    with races(journal=journal, settings=InlineSettings(Transactions.IMMEDIATE)) as played:
        outcomes = played.outcomes([check_then_insert] * 2, SEEDS, BOOKINGS)

    assert set(outcomes) == {(1, "booked", "taken")}


def test_an_update_is_lost_in_the_drivers_default_mode() -> None:
    with races() as played:
        outcomes = played.outcomes([increment] * 2, SEEDS, "SELECT value FROM counter WHERE id = 1")

    assert outcomes[(1, "incremented", "incremented")] > 0


@pytest.mark.parametrize("transactions", [Transactions.BEGIN, Transactions.IMMEDIATE])
def test_no_update_is_lost_once_begin_is_sent(transactions: Transactions) -> None:
    with races(settings=InlineSettings(transactions)) as played:
        outcomes = played.outcomes([increment] * 2, SEEDS, "SELECT value FROM counter WHERE id = 1")

    assert all(value == answers.count("incremented") for value, *answers in outcomes)


def test_both_doctors_leave_by_write_skew_in_the_drivers_default_mode() -> None:
    with races() as played:
        outcomes = played.outcomes(
            [go_off_call(2), go_off_call(3)], SEEDS, "SELECT SUM(value) FROM counter WHERE id > 1"
        )

    assert outcomes[(0, "left", "left")] > 0


@pytest.mark.parametrize("transactions", [Transactions.BEGIN, Transactions.IMMEDIATE])
def test_a_doctor_always_stays_once_begin_is_sent(transactions: Transactions) -> None:
    with races(settings=InlineSettings(transactions)) as played:
        outcomes = played.outcomes(
            [go_off_call(2), go_off_call(3)], SEEDS, "SELECT SUM(value) FROM counter WHERE id > 1"
        )

    assert all(on_call >= 1 for on_call, *_ in outcomes)


@pytest.mark.parametrize("transactions", list(Transactions))
def test_sqlite_masks_that_insert_then_check_is_wrong(transactions: Transactions) -> None:
    """One writer at a time: the second insert waits for the first commit. PostgreSQL lets both in."""
    with races(settings=InlineSettings(transactions)) as played:
        outcomes = played.outcomes([insert_then_check] * 2, SEEDS, BOOKINGS)

    assert all(bookings == 1 for bookings, *_ in outcomes)
