"""Bugs in the judges: a checker that cannot see is worse than none."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_CHECKERS = "scenarios/checkers.py"
_JUDGING = "scenarios/judging.py"
_LINEAR = "simulator/linearizability.py"
_PLANTED = PytestCheck("tests/scenarios/test_checkers.py::test_a_planted_bug_is_found_by_its_checker_alone")


def mutants() -> tuple[Mutant, ...]:
    """The promises, the verdict on a replay, the simulator's own judges."""
    return (*_promises(), *_replays(), *_histories())


def _promises() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "two-rows-on-a-booking-are-fine",
            _CHECKERS,
            "        if len(ids) > 1:\n",
            "        if len(ids) > 2:\n",
            "appointment 643 would go unnoticed",
            _PLANTED,
        ),
        Mutant(
            "a-call-without-a-link-is-fine",
            _CHECKERS,
            "if answer.says_booked and linked is None:",
            "if answer.says_booked and row is None:",
            "call 766 would go unnoticed",
            _PLANTED,
        ),
        Mutant(
            "anybody-may-hear-anything",
            _CHECKERS,
            "if secret.owner != own and any(",
            "if secret.owner is None and any(",
            "another caller's name in an answer would go unnoticed",
            _PLANTED,
        ),
        Mutant(
            "a-false-refusal-is-fine",
            _CHECKERS,
            'elif answer.status in {"unavailable", "duplicate", "error"}:',
            'elif answer.status in {"unavailable", "error"}:',
            "who is refused must hold no booking",
            _PLANTED,
        ),
    )


def _replays() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-first-answer-counts",
            _CHECKERS,
            "return list({answer.call_id: answer for answer in seen.responses}.values())",
            "return list({answer.call_id: answer for answer in reversed(seen.responses)}.values())",
            "call 687 heard that 10:15 is taken and then booked 08:00: the last word counts",
            CommandCheck("replay 687-688 --profile hardened"),
        ),
        Mutant(
            "any-age-is-the-recorded-age",
            _JUDGING,
            "abs(word.age_seconds - age) > AGE_TOLERANCE_S:",
            "abs(word.age_seconds - age) > 86_400:",
            "with another skew the record cannot come out, and that must be said",
            PytestCheck(
                "tests/scenarios/mutants/test_record.py::test_the_age_of_the_record_is_held_against_the_replay"
            ),
        ),
        Mutant(
            "what-must-break-may-hold",
            _JUDGING,
            "for promise in sorted(expected.gets_through - broken.keys()):",
            "for promise in sorted(expected.gets_through & broken.keys() - expected.gets_through):",
            "the canary: a case that is known to break a promise must break it",
            PytestCheck("tests/scenarios/mutants/test_record.py::test_a_bug_that_does_not_come_back_is_an_objection"),
        ),
    )


def _histories() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "unknown-outranks-invalid",
            "simulator/checker.py",
            "for verdict in (Verdict.INVALID, Verdict.UNKNOWN):",
            "for verdict in (Verdict.UNKNOWN, Verdict.INVALID):",
            "a finding would be reported as: nobody can say",
            PytestCheck("tests/simulator/test_simulation.py::test_the_worst_of_several_verdicts_counts"),
        ),
        Mutant(
            "two-hold-one-slot",
            _LINEAR,
            '            case "book", Completion.OK:\n                return state in (None, holder), holder\n',
            '            case "book", Completion.OK:\n                return True, holder\n',
            "a slot holds at most one appointment",
            PytestCheck("tests/simulator/test_linearizability.py::test_two_appointments_in_one_slot_fit_no_order"),
        ),
        Mutant(
            "real-time-does-not-matter",
            _LINEAR,
            "if self._operations[place].invoked <= first_end:",
            "if first_end >= 0:",
            "what ended before another began must take effect before it",
            PytestCheck("tests/simulator/test_linearizability.py::test_the_search_agrees_with_brute_force"),
            "200 examples",
        ),
        Mutant(
            "a-checker-that-raises-is-content",
            "simulator/checker.py",
            "            raise CheckerError(msg) from error\n",
            "            findings.append(Finding(msg, Verdict.VALID))\n",
            "a broken checker proves nothing",
            PytestCheck(
                "tests/simulator/test_simulation.py::"
                "test_a_checker_that_raises_is_an_error_with_a_reason_whatever_the_others_say"
            ),
        ),
    )
