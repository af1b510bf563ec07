"""Bugs in what is promised while nobody can vouch for it: silence, second looks, creates that were held back."""

from __future__ import annotations

from scenarios.mutants.mutant import Mutant, PytestCheck

_RESOLVER = "booking_core/service/resolver.py"


def mutants() -> tuple[Mutant, ...]:
    """Silence first, then what changed while it was asked for."""
    return (*_silence(), *_other_times(), *_second_looks())


def _in_doubt(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_in_doubt.py::{test}")


def _silence() -> tuple[Mutant, ...]:
    changed = "test_what_was_to_be_changed_is_not_promised_while_calcom_is_silent"
    return (
        Mutant(
            "silence-is-believed-after-a-change",
            _RESOLVER,
            "return not await self._was_to_change(appointment)",
            "return True",
            "the reply to a cancellation was lost: what it cancelled is called booked",
            _in_doubt(changed),
        ),
        Mutant(
            "silence-is-believed-after-a-move",
            _RESOLVER,
            "changes = CallRelation.CANCELLATION_ATTEMPT, CallRelation.RESCHEDULE_ATTEMPT",
            "changes = (CallRelation.CANCELLATION_ATTEMPT,)",
            "the reply to a move was lost: the old time is called booked, and somebody else has it",
            _in_doubt(f"{changed}[move]"),
        ),
        Mutant(
            "silence-is-never-believed",
            _RESOLVER,
            "return not await self._was_to_change(appointment)",
            "return False",
            "while Cal.com is down nobody would hear of an appointment that is on record",
            _in_doubt("test_what_nobody_wanted_to_change_is_believed_while_calcom_is_silent"),
        ),
        Mutant(
            "a-record-in-doubt-is-recovered",
            "booking_core/service/attempts.py",
            "return Unsure(booked)",
            "return Recovered(booked)",
            "what may be cancelled or moved by now is called booked",
            _in_doubt(changed),
        ),
    )


def _other_times() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "in-doubt-another-time-is-tried",
            "booking_core/service/book_appointment.py",
            "return Unsure(held) if current == held else None",
            "return None",
            "the caller is told to wait for a second appointment that the call can never get",
            _in_doubt("test_while_an_appointment_is_in_doubt_its_call_gets_no_other_time_either"),
        ),
    )


def _second_looks() -> tuple[Mutant, ...]:
    given_back = "test_a_booking_that_was_given_back_while_another_was_asked_for_is_not_promised"
    why = "reconciliation took it for surplus and cancelled it while the gateway asked for the older one"
    return (
        Mutant(
            "an-answer-given-back-meanwhile-is-promised",
            "booking_core/service/pipeline.py",
            "if stored == seen or (isinstance(stored, Stored) and not await self.resolver.stands(stored.appointment)):",
            "if stored == seen:",
            why,
            _in_doubt(f"{given_back}[answered]"),
        ),
        Mutant(
            "a-find-given-back-meanwhile-is-promised",
            _RESOLVER,
            "if appointment == seen or not await self.stands(appointment):",
            "if appointment == seen:",
            why,
            _in_doubt(f"{given_back}[found again]"),
        ),
        Mutant(
            "a-resolved-answer-given-back-meanwhile-is-promised",
            _RESOLVER,
            "(led_to == seen.appointment or not await self.stands(led_to))",
            "led_to == seen.appointment",
            why,
            _in_doubt(f"{given_back}[turned down by a layer]"),
        ),
        Mutant(
            "a-late-create-is-its-first-calls",
            "booking_core/resolution.py",
            "    if known.given_up:\n        return TakeOver()\n",
            "",
            "the call that cancelled has an appointment again, and who asked for it is told that it was there before",
            _in_doubt("test_a_late_create_of_a_given_up_appointment_is_its_next_askers"),
        ),
    )
