"""What two callers can do to each other on SQLite, per journal and per way to begin: the measured table, as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions
from simulator.adapters.sqlite_store import Journal
from simulator.schedulers import Uniform
from tests.simulator.adapters.orm import check_then_insert, go_off_call, increment, insert_then_check, races

if TYPE_CHECKING:
    from tests.simulator.adapters.orm import Sessions

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


async def read_twice(sessions: Sessions) -> str:
    """Look at the counter twice in one transaction."""
    async with sessions() as session, session.begin():
        query = text("SELECT value FROM counter WHERE id = 1")
        first = (await session.execute(query)).scalar_one()
        second = (await session.execute(query)).scalar_one()
        return "same" if first == second else "changed"


async def write_and_roll_back(sessions: Sessions) -> str:
    """Change the counter and think better of it."""
    async with sessions() as session, session.begin() as transaction:
        await session.execute(text("UPDATE counter SET value = 99 WHERE id = 1"))
        await transaction.rollback()
    return "rolled back"


@pytest.mark.parametrize(
    ("transactions", "answers"),
    [
        (Transactions.LEGACY, {"same", "changed"}),
        (Transactions.BEGIN, {"same"}),
        (Transactions.IMMEDIATE, {"same"}),
    ],
)
def test_a_read_can_be_repeated_only_inside_a_real_transaction(transactions: Transactions, answers: set[str]) -> None:
    with races(settings=InlineSettings(transactions)) as played:
        seen = {played.run([read_twice, increment], Uniform(seed), seed).value[0] for seed in range(SEEDS)}

    assert seen == answers


@pytest.mark.parametrize("transactions", list(Transactions))
def test_nobody_reads_what_was_not_committed(transactions: Transactions) -> None:
    async def look(sessions: Sessions) -> str:
        async with sessions() as session:
            return str((await session.execute(text("SELECT value FROM counter WHERE id = 1"))).scalar_one())

    with races(settings=InlineSettings(transactions)) as played:
        seen = {played.run([look, write_and_roll_back], Uniform(seed), seed).value[0] for seed in range(SEEDS)}

    assert seen == {"0"}
