"""Bugs in the unit of work: transactions, what their errors mean, instants and clocks."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_ERRORS = "booking_core/storage/errors.py"
_TRANSACTIONS = "booking_core/storage/transactions.py"


def mutants() -> tuple[Mutant, ...]:
    """Errors, transactions, time."""
    return (*_errors(), *_transactions(), *_time())


def _error(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/storage/test_errors.py::{test}")


def _transaction(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/storage/test_transactions.py::{test}")


def _errors() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "any-unique-key-is-the-booking-key",
            _ERRORS,
            "return is_unique and str(original) == key.sqlite_message",
            "return is_unique",
            "another unique key's refusal would be told as: already booked",
            _error("test_any_other_integrity_error_is_not_taken_for_it"),
        ),
        Mutant(
            "mariadb-names-the-key-anywhere",
            _ERRORS,
            "([^'.]+)'\\Z\")",
            "([^'.]+)'\")",
            "whatever a caller sends stands in the sentence: only its end proves anything",
            _error("test_no_entry_that_somebody_sends_can_pass_for_the_key"),
            "100 examples",
        ),
        Mutant(
            "busy-snapshot-is-no-busy",
            _ERRORS,
            "return _sqlite_code(original) & 0xFF == sqlite3.SQLITE_BUSY",
            "return _sqlite_code(original) == sqlite3.SQLITE_BUSY",
            "extended codes of BUSY mean the same: try again",
            _error("test_a_transaction_that_the_database_gave_up_may_be_repeated"),
        ),
    )


def _transactions() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "nothing-is-committed",
            _TRANSACTIONS,
            "async with self._engine.begin() as connection:",
            "async with self._engine.connect() as connection:",
            "the caller hears booked, and the row is rolled back",
            CommandCheck("replay 687-688 --profile hardened"),
        ),
        Mutant(
            "a-repeat-draws-new-ids",
            _TRANSACTIONS,
            "        ids.rewind()\n",
            "",
            "a recorded id would be lost to a transaction that left nothing behind",
            _transaction("test_the_repeat_gives_the_same_ids_to_the_same_rows"),
        ),
        Mutant(
            "every-error-is-tried-again",
            _TRANSACTIONS,
            "if is_last or not is_worth_repeating(error):",
            "if is_last:",
            "what cannot succeed must be told at once",
            _transaction("test_what_the_database_did_not_give_up_is_not_repeated"),
        ),
        Mutant(
            "sqlite-begins-too-late",
            "booking_core/storage/engines.py",
            "            _send(connection, begin)",
            "            return",
            "without BEGIN a look and its insert are two transactions: a committed look is no protection",
            _transaction("TestSqliteModes::test_immediate_lets_one_in_at_a_time"),
        ),
        Mutant(
            "cancelled-rows-are-live",
            "booking_core/storage/repositories/appointments.py",
            "_LIVE = select(APPOINTMENTS).where(_COLUMNS.status != AppointmentStatus.CANCELLED)",
            "_LIVE = select(APPOINTMENTS)",
            "a cancelled appointment would block its customer",
            PytestCheck(
                "tests/booking_core/storage/test_repositories.py::test_what_is_over_cancelled_or_anothers_is_not_found"
            ),
        ),
    )


def _time() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-gateways-clock-shows-whole-minutes",
            "booking_core/clock.py",
            "return datetime.now(UTC)",
            "return datetime.now(UTC).replace(second=0)",
            "ages are judged and logged exactly",
            CommandCheck("replay 687-688 --profile recommended"),
        ),
        Mutant(
            "naive-instants-are-stored",
            "booking_core/storage/times.py",
            "        if value.tzinfo is None:\n            raise ValueError(",
            "        if value.tzinfo is None and value.year < 1970:\n            raise ValueError(",
            "which instant it means, nobody could tell later",
            PytestCheck(
                "tests/booking_core/storage/test_repositories.py::test_a_naive_instant_is_refused_before_it_is_written"
            ),
        ),
        Mutant(
            "a-malformed-createdat-is-now",
            "booking_core/calcom/wire.py",
            "    except WireError:\n        return None\n",
            "    except WireError:\n        return datetime.now(UTC)\n",
            "an unreadable createdAt is unknown, and Layer 1 must say so",
            PytestCheck(
                "tests/booking_core/calcom/test_create.py::test_a_malformed_created_at_is_unknown_not_an_error"
            ),
        ),
    )
