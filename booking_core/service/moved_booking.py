"""Where a booking went: Cal.com cancels a moved booking and makes a new one with the same attendee and metadata."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from booking_core.domain.model import CalcomBooking
from booking_core.ports.calcom import CalcomClient
from booking_core.service.surroundings import Surroundings


async def find_moved(
    calcom: CalcomClient, uid: str, new_start: datetime, answered: CalcomBooking | None = None
) -> CalcomBooking | None:
    """The live booking at `new_start` that replaced `uid`; None while `uid` itself is live or when there is none.

    `answered` is Cal.com's answer to the move, if one came. Raises CalcomUnavailableError.
    """
    old = await calcom.get_booking(uid)
    if old is None or old.is_live:
        return None
    if answered is not None and answered.start == new_start:
        return answered
    if old.attendee is None or old.attendee.email is None:
        return None
    return replacement_of(old, await calcom.find_bookings(old.attendee.email, new_start))


async def find_moved_anywhere(world: Surroundings, old: CalcomBooking) -> CalcomBooking | None:
    """The live booking that replaced `old`, at a time not known here. Raises CalcomUnavailableError.

    A booking at the old time is the slot booked anew under the same attempt, not a move.
    """
    bookings = await world.calcom.list_bookings(*world.business.watched_window(world.now()))
    return replacement_of(old, (booking for booking in bookings if booking.start != old.start))


def replacement_of(old: CalcomBooking, others: Iterable[CalcomBooking]) -> CalcomBooking | None:
    """The live booking among `others` with the old one's metadata and attendee; without metadata nobody can tell."""
    if old.attendee is None or not old.metadata:
        return None
    for other in others:
        same = other.attendee is not None and other.attendee.email == old.attendee.email
        if other.is_live and other.uid != old.uid and same and other.metadata == old.metadata:
            return other
    return None
