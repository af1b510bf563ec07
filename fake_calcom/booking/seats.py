"""Seats: several bookers on one booking (source: Cal.com, handleSeats).

A seated booking keeps its bookers as attendees, each with a seat of its own; it lives as long as it has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.announce import CANCELLED as CANCELLED_TRIGGER
from fake_calcom.booking.announce import News, announce, news_of_new
from fake_calcom.booking.content import Plan, booker_content
from fake_calcom.errors import RawError, bad_request, refusal
from fake_calcom.state.bookings import ACCEPTED, CANCELLED, Row
from fake_calcom.times import iso

if TYPE_CHECKING:
    from fake_calcom.universe import Universe


def find_seated(universe: Universe, plan: Plan) -> Row | None:
    """Return the accepted booking of the plan's slot that a further seat joins, or None."""
    rows = universe.bookings.of_slot(plan.event_type.id, plan.start_ms)
    return next((row for row in rows if row.status == ACCEPTED), None)


def take_seat(universe: Universe, plan: Plan, row: Row) -> tuple[Row, str]:
    """Add the booker to a booking and announce it; return the row and the seat's uid."""
    seats = plan.event_type.seats
    assert seats is not None, "only a seated event type has seats"
    content = row.content()
    if any(a["email"] == plan.booker.email for a in content["attendees"]):
        raise RawError(409, "already_signed_up_for_this_booking_error")
    if len(content["attendees"]) >= seats.per_slot:
        raise refusal(409, "No more seats left at this seated booking.")
    row, seat_uid = add_seat(universe, plan, row)
    announce(universe, row, news_of_new(plan.event_type, ACCEPTED, rescheduled=False))
    return row, seat_uid


def add_seat(universe: Universe, plan: Plan, row: Row) -> tuple[Row, str]:
    """Write one more attendee with a new seat."""
    content, seat_uid, now_ms = row.content(), universe.outside.ids.uuid(), universe.now_ms()
    content["attendees"].append(booker_content(plan, seat_uid))
    content["updatedAt"] = iso(now_ms)
    return universe.bookings.update(row, content, updated_ms=now_ms), seat_uid


def remove_seat(universe: Universe, row: Row, seat_uid: str) -> Row:
    """Write a booking without one seat; without its last it is cancelled."""
    content, now_ms = row.content(), universe.now_ms()
    content["attendees"] = [a for a in content["attendees"] if a.get("seatUid") != seat_uid]
    content["updatedAt"] = iso(now_ms)
    if any("seatUid" in a for a in content["attendees"]):
        return universe.bookings.update(row, content, updated_ms=now_ms)
    content |= {"status": CANCELLED, "attendees": []}
    return universe.bookings.update(row, content, updated_ms=now_ms, status=CANCELLED, unique_key=None)


def cancel_seat(universe: Universe, row: Row, seat_uid: str, reason: str | None) -> Row:
    """Give up one seat and announce it; the 400 when it is not this booking's."""
    holder = universe.bookings.by_seat(seat_uid)
    if holder is None:
        raise bad_request("Invalid seatUid: this seat does not exist or has already been cancelled.")
    if holder.number != row.number:
        raise bad_request("Invalid seatUid: this seat does not belong to this booking.")
    more = {"cancellationReason": reason, "seatReferenceUid": seat_uid}
    announce(universe, row, News(CANCELLED_TRIGGER, "attendee_cancelled", "organizer_cancelled", more))
    return remove_seat(universe, row, seat_uid)


def seat_of(row: Row, seat_uid: str) -> dict[str, Any] | None:
    """Return the attendee who has this seat, or None."""
    return next((a for a in row.content()["attendees"] if a.get("seatUid") == seat_uid), None)
