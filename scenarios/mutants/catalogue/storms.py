"""Bugs in the judges of a storm, and bugs in the core that a storm must see."""

from __future__ import annotations

from scenarios.mutants.mutant import Mutant, PytestCheck

_CHECKERS = "scenarios/storm/checkers.py"
_MISHAPS = "tests/scenarios/storm/test_mishaps.py"


def mutants() -> tuple[Mutant, ...]:
    """Each judge of a storm, then the core under a storm."""
    return (*_refusals_and_ends(), *_records(), *_ends_and_repeats(), *_orders(), *_seen_by_storms())


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


def _ends_and_repeats() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "storm-a-word-to-wait-is-an-end",
            _CHECKERS,
            'if _status(op) != "pending" or (call and',
            'if _status(op) == "pending" or (call and',
            "who was told to wait would never hear what came of it",
            _judged("test_who_is_told_to_wait_must_hear_what_came_of_it"),
        ),
        Mutant(
            "storm-repeats-are-never-blind",
            _CHECKERS,
            "elif shown.get(end.own_uid, math.inf) <= unknown_since.get(asker, -math.inf):",
            "elif shown.get(end.own_uid, math.inf) < -math.inf:",
            "a create is sent again although Cal.com shows its booking",
            _judged("test_a_booking_that_could_be_found_is_not_created_again"),
        ),
    )


def _orders() -> tuple[Mutant, ...]:
    ordered = "tests/scenarios/storm/test_order.py"
    return (
        Mutant(
            "storm-any-order-fits",
            "scenarios/storm/reception.py",
            "return bool(after), after",
            "return True, after or state",
            "answers that contradict each other would pass",
            PytestCheck(f"{ordered}::test_what_one_calendar_cannot_answer"),
        ),
        Mutant(
            "storm-a-moved-appointment-is-found-anywhere",
            "scenarios/storm/reception.py",
            "return any(entry.slot == claim.found_at for entry in calendar.meant(claim))",
            "return True",
            "who is told another time than the one asked for would always be told the truth",
            PytestCheck(f"{ordered}::test_what_one_calendar_cannot_answer"),
        ),
        Mutant(
            "storm-a-try-that-booked-is-forgotten",
            "scenarios/storm/order.py",
            "return claim.says is not Says.HOLDS or",
            "return claim.says not in {Says.HOLDS, Says.FINDS} or",
            "a true answer would be called false: the try before it booked, and somebody moved what it booked",
            PytestCheck(f"{ordered}::test_a_lost_answers_row_may_be_moved_before_the_next_try_finds_it"),
        ),
        Mutant(
            "storm-nobody-looks-at-what-is-left",
            "scenarios/storm/reception.py",
            "return {(entry.slot, entry.call) for entry in calendar.entries} == claim.left",
            "return True",
            "who cancelled would have an appointment again",
            PytestCheck(f"{ordered}::test_a_row_that_comes_back_after_its_cancellation_is_found"),
        ),
    )


def _seen_by_storms() -> tuple[Mutant, ...]:
    """Ordinary tests catch the first three as well; nothing but the order of all answers catches the others."""
    cancels = "booking_core/service/cancel_appointment.py"
    does_it = "done = not appointment.is_live or (not meant.is_copy and await self._cancel(appointment))"
    storm = PytestCheck("tests/scenarios/storm/test_storm.py::test_hardened_survives")
    return (
        Mutant(
            "a-storm-sees-ghosts-that-stay",
            "booking_core/service/settle_bookings.py",
            "if booking.is_live and booking.uid not in stored and",
            "if booking.is_live and booking.uid in stored and",
            "booked at Cal.com, and no row here, for ever",
            PytestCheck(f"{_MISHAPS}::test_a_mishap_happens_and_hardened_ends_well"),
        ),
        Mutant(
            "a-storm-sees-who-is-left-waiting",
            "booking_core/service/attempts.py",
            "state = AttemptState.UNKNOWN if waits else AttemptState.REFUSED",
            "state = AttemptState.REFUSED",
            "the caller was told to wait, and nobody would ever find out",
            storm,
            "25 seeds",
        ),
        Mutant(
            "a-storm-sees-blind-repeats",
            "booking_core/service/pipeline.py",
            "return await self.resolver.adopt(trial, own) if own is not None else None",
            "return None",
            "the look-up showed the booking, and it was created again",
            PytestCheck(f"{_MISHAPS}::test_a_mishap_happens_and_hardened_ends_well"),
        ),
        Mutant(
            "a-storm-sees-words-without-deeds",
            cancels,
            does_it,
            "done = True",
            "the caller is told „cancelled“, and the appointment stands",
            storm,
            "25 seeds",
        ),
        Mutant(
            "the-parallel-machine-sees-words-without-deeds",
            cancels,
            does_it,
            "done = True",
            "no order of two branches' answers is true",
            PytestCheck("tests/scenarios/storm/test_fuzzing.py::test_what_branches_are_told_fits_one_order"),
            "3 orders",
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
