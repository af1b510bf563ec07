"""The existing-booking lookup: when Cal.com answers a create with a booking that it already has.

Source: Cal.com, handleNewBooking (the block before any time or availability check) and the repository's
"valid booking from event type for attendee". There is no window of time and no client key: event type,
start, an attendee's e-mail (and phone, if the request has one) and the status decide alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.state.bookings import ACCEPTED, LIVE, PENDING
from fake_calcom.times import MS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.generations import Generation
    from fake_calcom.state.bookings import Row
    from fake_calcom.state.entities import EventType


def needs_confirmation(event_type: EventType, start_ms: int, now_ms: int, *, free_mail: bool = False) -> bool:
    """Tell whether a booking at this start waits for its host.

    An event type may ask of its bookers with free mail alone (requiresConfirmationForFreeEmail), whatever else it
    says. With a threshold, only a start that is not further away waits, counted in whole minutes, hours or days
    (requiresConfirmationThreshold). Source: Cal.com, determineRequiresConfirmation.
    """
    policy = event_type.confirmation
    if not (free_mail if event_type.asks_free_mail else policy is not None):
        return False
    if policy is None or policy.threshold is None:
        return True
    return (start_ms - now_ms) // policy.unit_ms <= policy.threshold


def becomes_pending(
    event_type: EventType, start_ms: int, now_ms: int, *, by_owner: bool, free_mail: bool = False
) -> bool:
    """Tell whether a new booking is stored as pending: unconfirmed or unpaid, and not moved by its host."""
    if by_owner:
        return False
    return needs_confirmation(event_type, start_ms, now_ms, free_mail=free_mail) or event_type.price > 0


def looks_up(event_type: EventType, generation: Generation, *, pending: bool) -> bool:
    """Tell whether this generation looks for an existing booking before it makes a new one."""
    if generation.window_s is not None:
        return True
    if pending and generation.looks_up_pending:
        return True
    return event_type.is_round_robin and generation.looks_up_round_robin


def first_match(
    candidates: Iterable[Row],
    email: str,
    phone: str | None,
    *,
    pending: bool,
    made_after_ms: int | None = None,
) -> Row | None:
    """Return the first booking that the lookup hits among those of the event type, start and e-mail.

    The phone counts only when the request carries one, and then on the same attendee's row: a booking that
    was stored without a phone does not match a request with one; the reverse does.
    `made_after_ms` is for the hypothetical generations with a window, which look at no status.
    """
    for row in candidates:
        if made_after_ms is not None:
            if row.status not in LIVE or row.created_ms < made_after_ms:
                continue
        elif row.status != (PENDING if pending else ACCEPTED):
            continue
        if phone is None or phone in phones_of(row, email):
            return row
    return None


def window_opens_ms(generation: Generation, now_ms: int) -> int | None:
    """Return the earliest `createdAt` that a hypothetical window still covers, or None without a window."""
    return None if generation.window_s is None else now_ms - generation.window_s * MS_PER_SECOND


def phones_of(row: Row, email: str) -> set[str]:
    """Return the phones of a booking's attendees with this e-mail (a series keeps them hidden)."""
    shown = {a["phoneNumber"] for a in row.content()["attendees"] if a["email"] == email and "phoneNumber" in a}
    kept = row.secrets().get("phones", {}).get(email)
    return shown | {kept} if kept else shown
