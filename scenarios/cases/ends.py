"""The ends that stories share: who holds a row when all is over, and which promises a profile is known to break."""

from __future__ import annotations

from dataclasses import replace

from booking_core.domain.commands import Entry
from booking_core.profiles import Promise
from scenarios.cases.story import End

Rows = tuple[tuple[int, int], ...]  # (call, customer) of each appointment

NONE: Rows = ()
ONE: Rows = ((1, 1),)
TWO_OF_ONE_CALL: Rows = ((1, 1), (1, 1))
TWO_OF_ONE_CUSTOMER: Rows = ((1, 1), (2, 1))
TWO_CUSTOMERS: Rows = ((1, 1), (2, 2))
THREE_CUSTOMERS: Rows = ((1, 1), (2, 2), (3, 3))

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


def refused(*later_calls: str) -> tuple[End, ...]:
    """Cal.com refuses all calls but the first; whoever resolves tells them `later_calls`."""
    told = ("booked", *["unavailable"] * len(later_calls))
    return (
        End("unprotected", told, ONE, UNLINKED),
        End("deployed", told, ONE, UNLINKED),
        End("deployed", told, ONE, UNLINKED, AFTER),
        End("recommended", ("booked", *later_calls), ONE),
        End("hardened", ("booked", *later_calls), ONE),
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


def but_hardened(ends: tuple[End, ...], told: tuple[str, ...], rows: Rows, lesson: str) -> tuple[End, ...]:
    """The same ends, but for `hardened`, where every call is an attendee of its own."""
    others = tuple(end for end in ends if end.profile != "hardened")
    return (*others, End("hardened", told, rows, lesson=lesson))


def requested(ends: tuple[End, ...], second_call: str, rows: Rows) -> tuple[End, ...]:
    """The same ends where the host confirms himself: whoever resolves calls it a request, and `hardened` has `rows`."""
    others = tuple(end for end in ends if end.profile not in {"recommended", "hardened"})
    lesson = "An attendee of his own is a second request to the host, who alone can decide."
    return (
        *others,
        End("recommended", ("pending", second_call), ONE, status="requested"),
        End("hardened", ("pending", "pending"), rows, status="requested", lesson=lesson),
    )


def accepted(ends: tuple[End, ...], everywhere: int, hardened: int | None = None) -> tuple[End, ...]:
    """The same ends with how many bookings Cal.com has accepted; for `hardened` it may be another number."""
    own = everywhere if hardened is None else hardened
    return tuple(replace(end, accepted=own if end.profile == "hardened" else everywhere) for end in ends)


def alone(before: str, after: str, rows: Rows = ONE) -> tuple[End, ...]:
    """One caller who ends with `before` where nobody resolves and with `after` where somebody does."""
    return (
        End("unprotected", (before,), rows, UNLINKED),
        End("deployed", (before,), rows, UNLINKED),
        End("recommended", (after,), ONE),
        End("hardened", (after,), ONE),
    )
