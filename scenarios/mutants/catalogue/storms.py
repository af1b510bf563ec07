"""Bugs in the judges of a storm."""

from __future__ import annotations

from scenarios.mutants.mutant import Mutant, PytestCheck

_CHECKERS = "scenarios/storm/checkers.py"


def mutants() -> tuple[Mutant, ...]:
    """True refusals, an end to everything, a true record, nothing broken inside."""
    return (*_refusals_and_ends(), *_records())


def _judged(test: str) -> PytestCheck:
    return PytestCheck(f"tests/scenarios/storm/test_checkers.py::{test}")


def _refusals_and_ends() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "storm-any-refusal-is-true",
            _CHECKERS,
            'if _status(op) in {"unavailable", "duplicate"} and not _was_taken(left, op):',
            'if _status(op) == "error" and not _was_taken(left, op):',
            "nobody held the time that was called taken",
            _judged("test_a_refusal_is_false_when_nobody_else_holds_the_time"),
        ),
        Mutant(
            "storm-ghosts-are-an-end",
            _CHECKERS,
            "    for uid in live.keys() - rows.keys():\n",
            "    for uid in live.keys() - live.keys():\n",
            "a booking without a row is no end to anything",
            _judged("test_what_never_ends_is_a_lack_of_liveness"),
        ),
    )


def _records() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "storm-the-record-tells-anything",
            _CHECKERS,
            'if is_cancelled != (last.get(row["id"]) == "appointment_cancelled"):',
            'if is_cancelled and last.get(row["id"]) is None and row["id"] < 0:',
            "the audit log's last word must be the row's status",
            _judged("test_a_record_that_does_not_tell_all_is_found"),
        ),
        Mutant(
            "storm-what-broke-inside-is-silent",
            _CHECKERS,
            "iter(left.mishaps.told),",
            "iter(()),",
            "an error that a gateway swallowed would look like a pass",
            _judged("test_what_broke_inside_a_gateway_is_found"),
        ),
    )
