"""Bugs in the fake Cal.com: the existing-booking rule, availability, the unique key, its clock."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_LOOKUP = "fake_calcom/rules/existing_booking.py"
_CREATE = "fake_calcom/booking/create.py"
_AVAILABILITY = "fake_calcom/booking/availability.py"


def mutants() -> tuple[Mutant, ...]:
    """The rule that made the incidents, then the rest of a create."""
    return (*_existing_booking(), *_availability(), *_race())


def _lookup(test: str) -> PytestCheck:
    return PytestCheck(f"tests/fake_calcom/rules/test_existing_booking.py::{test}")


def _races(test: str) -> PytestCheck:
    return PytestCheck(f"tests/fake_calcom/test_races.py::{test}")


def _existing_booking() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-fake-makes-no-repeat",
            _CREATE,
            "    if existing is not None:\n        return Booked(existing",
            "    if existing is not None and plan.allows_conflicts:\n        return Booked(existing",
            "the incidents happened because Cal.com answers with the booking that exists",
            CommandCheck("replay 687-688 --profile unprotected"),
        ),
        Mutant(
            "every-type-is-looked-up",
            _LOOKUP,
            "return event_type.is_round_robin and generation.looks_up_round_robin",
            "return generation.looks_up_round_robin",
            "a plain event type refuses a repeat with 400",
            _lookup("test_a_plain_type_refuses_an_identical_repeat"),
        ),
        Mutant(
            "the-lookup-ignores-the-phone",
            _LOOKUP,
            "if phone is None or phone in phones_of(row, email):",
            "if phone is None or phone:",
            "a phone that is sent is compared",
            _lookup("test_a_repeat_on_a_round_robin_type_compares_email_and_phone_only"),
        ),
        Mutant(
            "the-lookup-finds-accepted-only",
            _LOOKUP,
            "elif row.status != (PENDING if pending else ACCEPTED):",
            "elif row.status != ACCEPTED:",
            "a type that needs confirmation answers with the pending booking",
            _lookup("test_a_pending_booking_is_found_and_a_second_person_may_be_pending_too"),
        ),
        Mutant(
            "the-lookup-minds-no-status",
            _LOOKUP,
            "        elif row.status != (PENDING if pending else ACCEPTED):\n            continue\n",
            "",
            "an accepted booking is not found by a request that would be pending",
            _lookup("test_a_confirmed_round_robin_booking_is_not_found_by_a_request_that_would_be_pending"),
        ),
    )


def _availability() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "touching-bookings-collide",
            "fake_calcom/rules/ranges.py",
            "return first[0] < second[1] and second[0] < first[1]",
            "return first[0] <= second[1] and second[0] <= first[1]",
            "10:00 to 10:15 leaves 10:15 free",
            PytestCheck("tests/fake_calcom/api/test_slots.py::test_reservations_may_touch_and_not_overlap"),
        ),
        Mutant(
            "a-booked-host-is-free",
            _AVAILABILITY,
            "    if row.status != ACCEPTED:\n        return False\n",
            "    if row.status == ACCEPTED:\n        return False\n",
            "the unique key would still answer 409, and hide that nobody looked",
            _races("test_two_requests_without_an_open_window_meet_the_availability_check"),
        ),
        Mutant(
            "buffers-are-forgotten",
            _AVAILABILITY,
            "after = event_type.before_buffer_minutes + (other.after_buffer_minutes if other else 0)",
            "after = event_type.before_buffer_minutes",
            "the time after a booking with a buffer is not free",
            PytestCheck("tests/fake_calcom/api/test_create.py::test_buffers_keep_the_time_around_a_booking_free"),
        ),
    )


def _race() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-insert-minds-no-key",
            _CREATE,
            "if holder is not None and (successor is None or",
            "if holder is not None and (successor is not None and",
            "two requests in the race window: one wins, the other gets a raw 409",
            _races("test_identical_starts_in_the_window_leave_one_winner_and_a_raw_409"),
        ),
        Mutant(
            "the-race-window-is-closed",
            _CREATE,
            "    await universe.outside.window.between_check_and_insert("
            '"rescheduleBooking" if successor else "createBooking")\n',
            "",
            "Cal.com leaves check and INSERT unlocked; a fake that does not hides races",
            _races("test_overlapping_unequal_starts_in_the_window_are_both_booked"),
        ),
        Mutant(
            "the-fakes-clock-runs-backwards",
            "fake_calcom/clock.py",
            "later = self.now() + timedelta(seconds=seconds)",
            "later = self.now() - timedelta(seconds=seconds)",
            "a test that moves the clock forward must find it later",
            _lookup("test_the_hypothetical_window_closes"),
        ),
    )
