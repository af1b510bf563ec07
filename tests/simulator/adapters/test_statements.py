"""What is read from a statement's text, and that sleep sets built on it leave out no outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from simulator.adapters.aiosqlite_inline import InlineSettings, Transactions
from simulator.adapters.sqlite_busy import next_delay_s
from simulator.adapters.sqlite_store import Journal
from simulator.adapters.statements import TransactionFootprint, parse_statement
from simulator.explore import Proved, Violated, explore_all
from simulator.footprint import Footprint, commute
from simulator.schedulers import Exhaustive
from tests.simulator.adapters.orm import Races, check_then_insert, increment, races

if TYPE_CHECKING:
    from simulator.schedulers import Scheduler
    from simulator.simulation import RunResult
    from tests.simulator.adapters.orm import Caller, Sessions


@pytest.mark.parametrize(
    ("statement", "label", "reads", "writes"),
    [
        ("SELECT count(*) FROM booking WHERE slot = ?", "SELECT booking", {"booking"}, set()),
        ('select * from "Booking" join slot on 1 = 1', "SELECT booking", {"booking", "slot"}, set()),
        ("INSERT INTO booking (slot) VALUES (?)", "INSERT booking", set(), {"booking"}),
        ("INSERT OR IGNORE INTO booking SELECT * FROM old", "INSERT booking", {"old"}, {"booking"}),
        ("UPDATE booking SET who = ?", "UPDATE booking", set(), {"booking"}),
        ("DELETE FROM booking", "DELETE booking", set(), {"booking"}),
        ("BEGIN IMMEDIATE", "BEGIN", set(), set()),
        ("?", "?", set(), set()),
    ],
)
def test_a_statement_tells_its_tables(statement: str, label: str, reads: set[str], writes: set[str]) -> None:
    parsed = parse_statement(statement)

    assert parsed.label == label
    assert parsed.writes == writes
    assert {name.lower() for name in parsed.reads} == reads


def test_reads_commute_and_writers_do_not() -> None:
    one, other = TransactionFootprint(per_table=True), TransactionFootprint(per_table=True)
    read, also_read = one.of("SELECT 1 FROM booking"), other.of("SELECT 1 FROM booking")
    write, also_write = one.of("INSERT INTO booking VALUES (1)"), other.of("INSERT INTO slot VALUES (1)")
    commit = one.of("COMMIT")

    assert commute(read, also_read)
    assert commute(also_read, write), "an uncommitted row is invisible"
    assert not commute(write, also_write), "SQLite has one write lock"
    assert not commute(also_read, commit), "a commit shows its rows"
    assert not commute(also_write, commit)


def test_a_text_that_is_not_understood_touches_everything() -> None:
    assert TransactionFootprint(per_table=True).of("PRAGMA user_version = 3") is None


def test_a_transaction_that_wrote_nothing_ends_unnoticed() -> None:
    assert TransactionFootprint(per_table=True).of("COMMIT") == Footprint()


def test_the_delays_add_up_to_the_busy_time_out() -> None:
    delays: list[float] = []
    while (delay := next_delay_s(len(delays), 5.0)) is not None:
        delays.append(delay)

    assert delays[:12] == [0.001, 0.002, 0.005, 0.010, 0.015, 0.020, 0.025, 0.025, 0.025, 0.050, 0.050, 0.100]
    assert sum(delays) == pytest.approx(5.0)
    assert next_delay_s(0, 0.0) is None


async def read_then_write_elsewhere(sessions: Sessions) -> str:
    """Reads one table and writes another, so that some swaps commute and some do not."""
    async with sessions() as session, session.begin():
        taken = (await session.execute(text("SELECT COUNT(*) FROM booking"))).scalar_one()
        await session.execute(text("UPDATE counter SET value = value + :taken WHERE id = 1"), {"taken": taken + 1})
    return str(taken)


MIXED = [check_then_insert, read_then_write_elsewhere]


@pytest.mark.parametrize(
    ("callers", "journal", "transactions"),
    [
        ([check_then_insert] * 2, Journal.WAL, Transactions.LEGACY),
        ([check_then_insert] * 2, Journal.WAL, Transactions.BEGIN),
        ([check_then_insert] * 2, Journal.WAL, Transactions.IMMEDIATE),
        ([check_then_insert] * 2, Journal.ROLLBACK, Transactions.BEGIN),
        ([increment] * 2, Journal.WAL, Transactions.LEGACY),
        (MIXED, Journal.WAL, Transactions.LEGACY),
    ],
)
def test_sleep_sets_leave_out_schedules_but_no_outcome(
    callers: list[Caller], journal: Journal, transactions: Transactions
) -> None:
    settings = InlineSettings(transactions, reply_points=False)
    with races(journal=journal, settings=settings) as played:
        every, all_schedules = enumerate_outcomes(played, callers, reduce=False)
        one_of_each, fewer_schedules = enumerate_outcomes(played, callers, reduce=True)

    assert one_of_each == every
    assert fewer_schedules < all_schedules


def test_the_race_is_a_counterexample_without_the_key_and_a_proof_with_it() -> None:
    with races() as played:
        without = explore_all(lambda scheduler, seed: judged(played, scheduler, seed), preemptions_max=2)
    with races(unique=True) as played:
        with_key = explore_all(lambda scheduler, seed: judged(played, scheduler, seed), preemptions_max=2)

    assert isinstance(without, Violated)
    assert without.schedules < 50
    assert isinstance(with_key, Proved), str(with_key)
    assert with_key.schedules > 50


def judged(played: Races, scheduler: Scheduler, seed: int) -> RunResult:
    return played.run([check_then_insert] * 2, scheduler, seed, bookings_max=1)


def enumerate_outcomes(played: Races, callers: list[Caller], *, reduce: bool) -> tuple[set[tuple[object, ...]], int]:
    search = Exhaustive(reduce=reduce)
    outcomes: set[tuple[object, ...]] = set()
    schedules = 0
    while True:
        search.begin()
        result = played.run(callers, search)
        if not result.pruned:
            assert result.error is None, result.reason
            schedules += 1
            outcomes.add(
                (*result.value, *played.rows("SELECT COUNT(*), (SELECT SUM(value) FROM counter) FROM booking")[0])
            )
        if not search.advance():
            return outcomes, schedules
