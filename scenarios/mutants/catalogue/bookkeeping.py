"""Bugs in what is written down: links, promises, reconciliation."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_ATTEMPTS = "booking_core/service/attempts.py"
_KEEPER = "booking_core/service/bookkeeping.py"
_SETTLER = "booking_core/service/settle_bookings.py"


def mutants() -> tuple[Mutant, ...]:
    """Links and promises while a caller waits, then reconciliation."""
    return (
        *_links(),
        *_truths(),
        *_reconciliation(),
        *_settled_bookings(),
    )


def _settling(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_reconciliation.py::{test}")


def _links() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-own-call-is-not-linked",
            _KEEPER,
            "            if self.profile.links_calls:\n"
            "                await uow.calls.link(call_id, appointment.id, None)\n",
            "",
            "a call that booked would point to no appointment",
            CommandCheck("replay 687-688 --profile recommended"),
        ),
        Mutant(
            "the-original-call-is-the-second-one",
            _KEEPER,
            '"original_booking_call_id": appointment.call_id,',
            '"original_booking_call_id": call_id,',
            "the metadata of a duplicate attempt must name the call that booked",
            PytestCheck("tests/scenarios/test_incidents.py::test_call_766_is_linked_to_640_when_resolved"),
        ),
        Mutant(
            "one-call-may-hold-two",
            _KEEPER,
            "            if of_call is not None and of_call.calcom_v2_booking_id != booking.uid:\n"
            "                return of_call\n",
            "",
            "a booking of a call that holds another appointment is surplus",
            _settling("test_a_late_booking_of_a_call_that_took_another_time_is_given_back"),
        ),
        Mutant(
            "a-move-forgets-what-is-held-instead",
            _KEEPER,
            "            if await self.held_instead(uow, holder, booking) is not None:\n                return False\n",
            "",
            "the call was booked anew while its first appointment was moved: it would have two",
            PytestCheck(
                "tests/booking_core/service/test_call_again_during_a_move.py::"
                "test_a_move_is_given_back_when_the_call_was_booked_anew_meanwhile"
            ),
        ),
    )


def _truths() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "who-waits-for-another-request-hears-nothing",
            _ATTEMPTS,
            "if tell and current.awaited:",
            "if tell and current.state is AttemptState.UNKNOWN:",
            "the caller was told that somebody will be in touch",
            PytestCheck(
                "tests/booking_core/service/test_promises_to_wait.py::"
                "test_who_waited_for_a_request_that_was_refused_is_told"
            ),
        ),
        Mutant(
            "an-unconfirmed-booking-is-called-booked",
            _KEEPER,
            "return AppointmentStatus.REQUESTED if is_requested else AppointmentStatus.SCHEDULED",
            "return AppointmentStatus.SCHEDULED",
            "the host may still say no",
            PytestCheck("tests/booking_core/service/test_confirmation.py::test_a_request_is_called_a_request"),
        ),
        Mutant(
            "cancelling-stops-at-a-moved-booking",
            "booking_core/service/cancel_appointment.py",
            "return moved is None or await self._cancel_there(moved.uid)",
            "return True",
            "Cal.com keeps the booking at its new time, and its caller was told that it is cancelled",
            PytestCheck(
                "tests/booking_core/service/test_cancel_and_move.py::"
                "test_cancelling_what_the_host_has_moved_cancels_it_where_it_is_now"
            ),
        ),
    )


def _reconciliation() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "reconciliation-takes-what-is-in-hand",
            "booking_core/service/reconcile.py",
            "return list(await uow.attempts.unsettled(older_than))",
            "return list(await uow.attempts.unsettled(self._world.now() + timedelta(seconds=1)))",
            "a young attempt belongs to the request that opened it",
            _settling("test_a_young_attempt_is_left_to_the_request_that_opened_it"),
        ),
        Mutant(
            "a-late-create-brings-a-cancelled-appointment-back",
            _SETTLER,
            "return again or ghost.attempt.state is AttemptState.REFUSED",
            "return ghost.attempt.state is AttemptState.REFUSED",
            "a create that was held back on its way makes an appointment that its host has cancelled",
            _settling("test_a_create_that_was_held_back_until_the_host_had_cancelled_is_given_back"),
        ),
        Mutant(
            "a-late-create-brings-back-what-its-caller-gave-up",
            _SETTLER,
            "return ghost.given_up\n",
            "return False\n",
            "a create that was held back on its way makes an appointment that its caller has cancelled",
            _settling("test_a_create_that_was_held_back_until_its_caller_had_cancelled_is_given_back"),
        ),
        Mutant(
            "reconciliation-adopts-what-was-refused",
            _SETTLER,
            " or _is_late(ghost)",
            "",
            "the caller was told no: an appointment that nobody expects",
            _settling("test_a_ghost_whose_caller_was_told_no_is_given_back"),
        ),
        Mutant(
            "reconciliation-sees-no-ghost",
            _SETTLER,
            "if booking.is_live and booking.uid not in stored and",
            "if booking.is_live and booking.uid in stored and",
            "booked at Cal.com, and no row here, for ever",
            _settling("test_a_ghost_without_an_attempt_gets_its_row"),
        ),
    )


def _settled_bookings() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "reconciliation-gives-back-what-was-moved-meanwhile",
            _SETTLER,
            "if unwanted and await self._examine(ghost.booking) != ghost:",
            "if unwanted and await self._examine(ghost.booking) is ghost:",
            "a row that followed the booking meanwhile loses it",
            _settling("test_a_booking_whose_row_follows_while_reconciliation_looks_is_not_given_back"),
        ),
        Mutant(
            "reconciliation-drops-orphans-silently",
            _SETTLER,
            "if customer is not None and not by_phone and row.starts_at > now:",
            "if customer is not None and by_phone and row.starts_at > now:",
            "who loses an appointment must be told",
            _settling("test_an_orphan_is_cancelled_and_its_customer_told"),
        ),
        Mutant(
            "who-waits-is-not-told-that-the-time-has-passed",
            "booking_core/service/settle_attempts.py",
            "if tell else None",
            "if not tell else None",
            "the caller was told that this would be settled, and hears no more of it",
            _settling("test_whoever_waits_hears_that_the_time_has_passed_wherever_reconciliation_dies"),
        ),
        Mutant(
            "reconciliation-books-a-second-appointment",
            "booking_core/service/settle_attempts.py",
            "if trial.wish.held is not None:",
            "if trial.wish.held is not None and trial.attempt_id is None:",
            "the call has taken another time meanwhile: this wish is needless",
            _settling("test_a_pending_wish_is_needless_once_the_call_led_to_another_appointment"),
        ),
        Mutant(
            "a-dry-run-writes",
            _SETTLER,
            '"cancelled" if unwanted else "adopted")\n        if not apply:\n            return finding\n',
            '"cancelled" if unwanted else "adopted")\n',
            "without --apply nothing may change",
            _settling("test_a_dry_run_changes_nothing"),
        ),
    )
