"""Bugs in resolution: whose booking a turned-down answer is, and what a refusal or silence means."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_RESOLUTION = "booking_core/resolution.py"


def mutants() -> tuple[Mutant, ...]:
    """The decisions, then their execution."""
    return (*_decisions(), *_ends(), *_execution())


def _resolution(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/resolution/test_resolution.py::{test}")


def _booking(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/service/test_booking.py::{test}")


def _decisions() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "resolution-any-call-is-this-call",
            _RESOLUTION,
            "return booking.retell_call_id == asker.retell_call_id",
            "return True",
            "another call's booking would be recovered as one's own",
            _resolution("test_what_makes_a_booking_the_calls_own"),
        ),
        Mutant(
            "resolution-foreign-rows-are-linked",
            _RESOLUTION,
            "return known.appointment.customer_id == asker.customer_id",
            "return True",
            "the second caller would be told of the first one's appointment",
            _resolution("test_a_row_of_another_customer_is_never_touched"),
            "200 examples",
        ),
        Mutant(
            "resolution-the-shared-address-proves-identity",
            _RESOLUTION,
            "    if not attendee.email or not asker.email:\n        return False\n",
            "    if not attendee.email or not asker.email:\n        return True\n",
            "everybody without an address would be one person: the cause of both incidents",
            _resolution("test_a_shared_address_adopts_nothing"),
        ),
    )


def _ends() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "resolution-links-what-is-over",
            _RESOLUTION,
            "return LinkExisting(known.appointment) if known.appointment.starts_at > now else TurnAway(foreign=False)",
            "return LinkExisting(known.appointment)",
            "last week's appointment is not the one that the caller wants",
            _resolution("test_the_table"),
        ),
        Mutant(
            "resolution-reopens-what-is-cancelled-there",
            "booking_core/service/resolver.py",
            "return Booked(appointment) if await self.stands(appointment) else Failed(_GONE)",
            "return Booked(appointment)",
            "the answer is older than the cancellation: its caller is promised what nobody holds",
            _booking("test_a_booking_that_was_cancelled_while_the_answer_was_on_its_way_is_not_promised"),
        ),
        Mutant(
            "resolution-never-reopens",
            _RESOLUTION,
            "    if not known.appointment.is_live:\n        return Reopen(known.appointment)\n",
            "",
            "a row cancelled here only would be linked and stay cancelled",
            _booking("test_a_booking_cancelled_here_but_live_there_is_reopened"),
        ),
        Mutant(
            "resolution-a-refusal-is-never-ones-own",
            _RESOLUTION,
            "return LinkExisting(live_here) if live_here.starts_at > now else None",
            "return None",
            "call 766 with an address of its own would hear that the slot is taken",
            CommandCheck("replay 682-766 --profile hardened"),
        ),
    )


def _execution() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "a-create-is-repeated-blindly",
            "booking_core/service/pipeline.py",
            "return await self.resolver.adopt(trial, own) if own is not None else None",
            "return None",
            "after a lost reply the booking may be there: it must be looked up, not made again",
            _booking("test_an_unknown_answer_is_looked_up_before_anything_else"),
        ),
        Mutant(
            "a-dead-booking-is-adopted",
            "booking_core/service/resolver.py",
            "if booking.is_live and is_own(booking, asker)), None)",
            "if is_own(booking, asker)), None)",
            "a cancelled booking gives nobody an appointment",
            PytestCheck(
                "tests/scenarios/mutants/test_holes.py::test_a_cancelled_booking_is_not_found_instead_of_a_lost_new_one"
            ),
        ),
        Mutant(
            "a-repeat-is-not-linked",
            "booking_core/service/resolver.py",
            "                await keeper.link_duplicate(uow, appointment, call_id, now)\n"
            "                return appointment\n            case AdoptAndLink",
            "                return appointment\n            case AdoptAndLink",
            "call 766 again: told of the appointment and linked to nothing",
            CommandCheck("replay 682-766 --profile recommended"),
        ),
        Mutant(
            "the-record-is-believed-without-asking",
            "booking_core/service/resolver.py",
            "if held is not None and await self.stands(held.appointment):",
            "if held is not None:",
            "the host may have cancelled the booking, and the webhook be late",
            _booking("test_a_refused_slot_is_not_called_ones_own_when_the_host_gave_it_to_another"),
        ),
        Mutant(
            "strangers-share-an-address",
            "booking_core/service/attendee.py",
            "return per_call_email(caller.retell_call_id, fallback_email)",
            "return fallback_email",
            "with one address for all, Cal.com takes the second caller for the first",
            PytestCheck("tests/booking_core/service/test_pure_parts.py::test_who_a_caller_without_an_address_is"),
        ),
    )
