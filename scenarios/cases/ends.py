"""The ends that stories share: who holds a row when all is over, and which promises a profile is known to break."""

from __future__ import annotations

from booking_core.domain.commands import Entry
from booking_core.profiles import Promise
from scenarios.cases.story import End

Rows = tuple[tuple[int, int], ...]  # (call, customer) of each appointment

NONE: Rows = ()
ONE: Rows = ((1, 1),)
TWO_OF_ONE_CALL: Rows = ((1, 1), (1, 1))
TWO_OF_ONE_CUSTOMER: Rows = ((1, 1), (2, 1))
TWO_CUSTOMERS: Rows = ((1, 1), (2, 2))

UNLINKED = frozenset({Promise.NO_LOST_LINK})
DOUBLED = UNLINKED | {Promise.NO_DUPLICATE}
UNTRUE = frozenset({Promise.NO_FALSEHOOD})
AFTER = Entry.AFTER_CALL


def old_answer_of_the_same_customer() -> tuple[End, ...]:
    """Cal.com answers the second call of a customer with the first call's booking; hardened sends an own address."""
    return (
        End("unprotected", ("booked", "booked"), TWO_OF_ONE_CUSTOMER, DOUBLED),
        End("deployed", ("booked", "booked"), ONE, UNLINKED),
        End("deployed", ("booked", "error"), ONE, UNLINKED, AFTER),
        End("recommended", ("booked", "existing"), ONE),
        End("hardened", ("booked", "existing"), ONE),
    )


def old_answer_of_another_customer() -> tuple[End, ...]:
    """Cal.com answers a second customer with the first one's booking; hardened sends an own address."""
    return (
        End("unprotected", ("booked", "booked"), TWO_CUSTOMERS, DOUBLED | UNTRUE),
        End("deployed", ("booked", "booked"), ONE, UNLINKED | UNTRUE),
        End("deployed", ("booked", "error"), ONE, UNLINKED, AFTER),
        End("recommended", ("booked", "duplicate"), ONE),
        End("hardened", ("booked", "unavailable"), ONE),
    )


def refused(second_call: str) -> tuple[End, ...]:
    """Cal.com refuses the second call; whoever resolves tells it `second_call`."""
    return (
        End("unprotected", ("booked", "unavailable"), ONE, UNLINKED),
        End("deployed", ("booked", "unavailable"), ONE, UNLINKED),
        End("deployed", ("booked", "unavailable"), ONE, UNLINKED, AFTER),
        End("recommended", ("booked", second_call), ONE),
        End("hardened", ("booked", second_call), ONE),
    )


def both_booked(rows: Rows) -> tuple[End, ...]:
    """Two starts, two bookings, two rows: the layers must not be in the way."""
    told = ("booked", "booked")
    return (
        End("unprotected", told, rows, UNLINKED),
        End("deployed", told, rows, UNLINKED),
        End("deployed", told, rows, UNLINKED, AFTER),
        End("recommended", told, rows),
        End("hardened", told, rows),
    )


def alone(before: str, after: str, rows: Rows = ONE) -> tuple[End, ...]:
    """One caller who ends with `before` where nobody resolves and with `after` where somebody does."""
    return (
        End("unprotected", (before,), rows, UNLINKED),
        End("deployed", (before,), rows, UNLINKED),
        End("recommended", (after,), ONE),
        End("hardened", (after,), ONE),
    )
