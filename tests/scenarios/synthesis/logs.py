"""What was logged of ordinary days, as the tests of the search need it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer, Status, Verdict
from booking_core.profiles import AttendeeIdentity
from scenarios.cli.synthesize_command import kept
from scenarios.synthesis.hypotheses import Hypothesis, Kind
from scenarios.synthesis.log_file import read_logged
from scenarios.synthesis.logged import Logged, LoggedWord

RECORDED_A = Hypothesis(27.0, AttendeeIdentity.SHARED, Kind.ROUND_ROBIN, "unprotected", Entry.COLLECT)
RECORDED_B = Hypothesis(27.0, AttendeeIdentity.SHARED, Kind.ROUND_ROBIN, "deployed", Entry.COLLECT)


def incident_a() -> Logged:
    """Calls 687 and 688 as kept."""
    return read_logged(kept("A"))


def incident_b() -> Logged:
    """Calls 682 and 766 as kept."""
    return read_logged(kept("B"))


def one_ordinary_call() -> Logged:
    """Call 687 takes 08:00 and holds it: an address of its own, equal clocks, a row that is linked."""
    logged = incident_a()
    (booking,) = logged.bookings
    own_address = f"termin+{booking.call_id}@askproai.de"
    made_at = logged.appointments[0].created_at + timedelta(milliseconds=502)
    return Logged(
        "an ordinary call",
        calls=(replace(logged.calls[0], appointment_id=642),),
        wishes=(logged.wishes[1],),
        appointments=logged.appointments[:1],
        bookings=(replace(booking, createdAt=made_at, attendee_email=own_address),),
    )


def one_refusal() -> Logged:
    """Call 687 wants 10:15, which somebody holds, and hears so. No row shows a booking."""
    logged = incident_a()
    wish = replace(logged.wishes[0], at=logged.wishes[1].at)
    return Logged("a refusal", logged.calls[:1], (wish,), (), (), taken=logged.taken)


def one_ghost() -> Logged:
    """Call 687 hears of an error, though 08:00 is booked: Layer 1 took the new answer for a stale one."""
    logged = one_ordinary_call()
    (booking,) = logged.bookings
    return replace(
        logged,
        incident="a ghost",
        calls=(replace(logged.calls[0], appointment_id=None),),
        wishes=(replace(logged.wishes[0], told=Status.ERROR),),
        appointments=(),
        bookings=(replace(booking, createdAt=booking.createdAt - timedelta(seconds=31, milliseconds=500)),),
        layers=(LoggedWord(687, Layer.FRESHNESS, Verdict.STALE),),
    )
