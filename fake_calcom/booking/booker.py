"""Whether Cal.com lets this booker book at all: blocked addresses, their active bookings, the code from their mail.

Source: Cal.com, handleNewBooking (what stands between its own schema and the lookup), checkIfBookerEmailIsBlocked
and verifyCodeUnAuthenticated. The code is asked for on a reschedule too, as in the version of 2025-10-04.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.booking.limits import refuse_too_many_active
from fake_calcom.errors import RawError
from fake_calcom.rules.verification import is_valid_code

if TYPE_CHECKING:
    from fake_calcom.booking.content import Plan
    from fake_calcom.state.entities import User
    from fake_calcom.universe import Universe


def refuse_booker(
    universe: Universe, plan: Plan, caller: User | None, code: str | None, *, moves: bool = False
) -> None:
    """Raise what Cal.com answers to a booker, or an event type, that may not be booked; in its order."""
    _refuse_blocked(universe, plan.booker.email, caller)
    if not moves:
        refuse_too_many_active(universe, plan)
    if plan.event_type.verifies_email:
        if not code:
            raise RawError(400, "email_verification_required")
        if not is_valid_code(plan.booker.email, code, universe.now_ms()):
            raise RawError(400, "invalid_verification_code")
    if plan.event_type.recurrence and plan.event_type.seats:
        raise RawError(400, "recurring_event_seats_error")


def _refuse_blocked(universe: Universe, email: str, caller: User | None) -> None:
    """Raise the raw 403 for an address on the deployment's list; its own user may use it with their key."""
    directory, base = universe.directory, base_email(email)
    if base.lower() not in directory.blocked_emails:
        return
    owner = directory.user_of_email(base)
    if owner is None:
        raise RawError(403, "Cannot use this email to create the booking.")
    if caller is None or caller.id != owner:
        raise RawError(
            403,
            f"Attendee email has been blocked. Make sure to login as {email} to use this email for creating a booking.",
        )


def base_email(email: str) -> str:
    """Return an address without what follows a plus sign: `ada+spam@example.com` is `ada@example.com`."""
    local, at, domain = email.partition("@")
    return local.split("+", 1)[0] + at + domain
