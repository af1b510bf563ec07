"""Bugs in attempts: what is on record while Cal.com decides, who has it in hand, and late copies of a request."""

from __future__ import annotations

from scenarios.mutants.mutant import Mutant, PytestCheck

_ATTEMPTS = "booking_core/service/attempts.py"


def mutants() -> tuple[Mutant, ...]:
    """One hand, two hands, and a network that repeats itself."""
    return (*_attempts(), *_surplus(), *_surplus_later(), *_in_other_hands(), *_copied())


def _booking(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_booking.py::{test}")


def _copies(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_old_copies.py::{test}")


def _left(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_left_behind.py::{test}")


def _attempts() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "a-retry-overtakes-its-first-try",
            _ATTEMPTS,
            "return any(a.state is AttemptState.OPEN and a.updated_at > since for a in record.unsettled)",
            "return False",
            "the first request is still with Cal.com: a second create could book a second host",
            _booking("test_a_retry_while_the_first_request_is_at_calcom_sends_nothing"),
        ),
        Mutant(
            "an-unknown-end-is-called-refused",
            _ATTEMPTS,
            "state = AttemptState.UNKNOWN if waits else AttemptState.REFUSED",
            "state = AttemptState.REFUSED",
            "nobody would ever find out what became of it",
            _booking("test_two_lost_requests_leave_the_attempt_unknown_and_the_caller_with_the_truth"),
        ),
        Mutant(
            "earlier-attempts-are-forgotten",
            _ATTEMPTS,
            "if record.booked is not None or record.unsettled:",
            "if record.booked is not None:",
            "an attempt without a known end must be looked up before another create is sent",
            _booking("test_an_open_attempt_that_reached_calcom_is_adopted_after_a_crash"),
        ),
    )


def _surplus() -> tuple[Mutant, ...]:
    """What is made beside an appointment that is held."""
    return (
        Mutant(
            "what-a-settled-attempt-has-left-is-not-looked-up",
            _ATTEMPTS,
            "earlier_addresses=tuple(addresses)",
            "earlier_addresses=()",
            "a surplus booking that could not be given back is there still: a second create could book another host",
            _left("test_who_asks_again_gets_the_booking_that_was_left_and_no_second_one"),
        ),
        Mutant(
            "who-asks-again-is-told-no-for-what-is-in-doubt",
            _ATTEMPTS,
            "if isinstance(adopted, Failed):",
            "if False:",
            "the call's own booking is there, and will be its appointment when the other one is over",
            _left("test_who_asks_again_beside_an_appointment_that_is_in_doubt_waits_for_the_booking"),
        ),
        Mutant(
            "who-asks-again-is-promised-what-is-in-doubt",
            _ATTEMPTS,
            "return Unsure(ended.appointment) if isinstance(ended, Recovered) else ended",
            "return ended",
            "the call's own appointment is on record, somebody wanted to cancel it, and Cal.com is silent about it",
            _left("test_who_asks_again_beside_the_calls_own_appointment_in_doubt_is_promised_nothing"),
        ),
        Mutant(
            "who-asks-again-leaves-a-surplus-attempt-open",
            _ATTEMPTS,
            "return await self.close(last, adopted) if isinstance(adopted, Existing) else adopted",
            "return adopted",
            "everybody was told everything, and reconciliation would look it up for nothing",
            _left("test_who_asks_again_beside_an_appointment_that_stands_leaves_nothing_to_be_settled"),
        ),
    )


def _surplus_later() -> tuple[Mutant, ...]:
    """The same, met by reconciliation."""
    return (
        Mutant(
            "reconciliation-gives-a-wish-up-for-what-is-in-doubt",
            "booking_core/service/settle_attempts.py",
            "if isinstance(adopted, Existing):",
            "if not isinstance(adopted, Recovered):",
            "the appointment in doubt proves to be over, and the caller who waits has lost both",
            _left("test_reconciliation_does_not_give_a_wish_up_for_an_appointment_that_is_in_doubt"),
        ),
        Mutant(
            "reconciliation-leaves-a-surplus-attempt-open",
            "booking_core/service/settle_attempts.py",
            "if isinstance(adopted, Existing):",
            "if False:",
            "it is looked up in every round from now on",
            _left("test_reconciliation_leaves_nothing_to_be_settled_beside_an_appointment_that_stands"),
        ),
    )


def _in_other_hands() -> tuple[Mutant, ...]:
    slow = "tests/booking_core/service/test_slow_refusals.py"
    return (
        Mutant(
            "a-slow-refusal-is-believed",
            _ATTEMPTS,
            "return outcome if isinstance(ended, Failed) and not waits else ended",
            "return ended if waits else outcome",
            "the slot became free, reconciliation booked it, and the caller is told that it is taken",
            PytestCheck(f"{slow}::test_what_another_hand_has_booked_since_is_not_called_taken"),
        ),
        Mutant(
            "who-has-an-attempt-in-hand-is-overlooked",
            _ATTEMPTS,
            "current.state in _UNSETTLED and current.updated_at != trial.as_of",
            "False",
            "the caller is told no while reconciliation may be booking",
            PytestCheck(f"{slow}::test_what_another_hand_may_be_booking_is_not_called_taken_yet"),
        ),
        Mutant(
            "reconciliation-books-for-another-address",
            _ATTEMPTS,
            "attendee = replace(trial.request.attendee, email=attempt.attendee_email or None)",
            "attendee = trial.request.attendee",
            "the look-up asks for the address on record and never finds what was booked for another",
            PytestCheck(
                "tests/booking_core/service/test_reconciliation.py::"
                "test_a_pending_wish_is_booked_for_the_address_that_its_caller_gave"
            ),
        ),
        Mutant(
            "a-cancellation-overlooks-a-simultaneous-move",
            "booking_core/service/cancel_appointment.py",
            "return moved is None or await self._cancel(moved)",
            "return True",
            "the caller is told „cancelled“, and the booking that the move has made stands",
            PytestCheck(
                "tests/booking_core/service/test_cancel_and_move.py::"
                "test_cancelling_what_is_moved_at_the_same_time_cancels_what_the_move_has_made"
            ),
        ),
    )


def _copied() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "an-old-copy-books-anew",
            _ATTEMPTS,
            "if not is_newest:",
            "if False:",
            "its caller was truthfully refused, and the network delivers the request once more",
            _copies("test_a_copy_of_a_refused_request_books_nothing"),
        ),
        Mutant(
            "a-settled-attempt-is-sent-once-more",
            "booking_core/service/pipeline.py",
            "again = await self.attempts.touch(trial)",
            "again = trial",
            "its caller has cancelled while the reply was waited for, and is booked anew without knowing",
            _copies("test_what_its_caller_cancelled_while_a_lost_reply_was_waited_for_is_not_booked_again"),
        ),
        Mutant(
            "a-refused-attempt-is-opened-again",
            _ATTEMPTS,
            "if in_hand or current.state not in _UNSETTLED:",
            "if in_hand or current.state is AttemptState.BOOKED:",
            "its call was told no by a later request, and the earlier one books all the same",
            _copies("test_a_request_that_was_waited_for_until_its_call_was_told_no_books_nothing"),
        ),
        Mutant(
            "what-a-repeat-means-is-gone-and-so-is-everything-else",
            "booking_core/service/reschedule_appointment.py",
            "return copied or self._failed(command)",
            'return copied or answer(Status.NOT_FOUND, say("no_appointment", command.language))',
            "the caller holds another appointment, and is told that there is none",
            _copies("test_asking_again_to_move_what_is_cancelled_since_denies_no_other_appointment"),
        ),
        Mutant(
            "a-copy-of-a-change-is-carried-out",
            "booking_core/service/own_appointment.py",
            "if not is_newest:",
            "if not call.id:",
            "its caller was told that there is nothing to cancel, and loses what was booked since",
            _copies("test_a_copy_of_a_cancellation_that_found_nothing_cancels_nothing_later"),
        ),
    )
