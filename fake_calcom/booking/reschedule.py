"""Move a booking: a new row at the new time, and the old one cancelled, in one transaction.

Source: Cal.com, the platform's reschedule input and handleNewBooking with a rescheduleUid. The length is the
event type's default one, whatever the old booking's was. `rescheduledBy` only decides whether the host moves
it; it is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.announce import OF_MOVE, announce
from fake_calcom.booking.booker import refuse_booker
from fake_calcom.booking.content import Plan, Successor
from fake_calcom.booking.create import Booked, book
from fake_calcom.booking.request import Booker
from fake_calcom.booking.seats import add_seat, find_seated, remove_seat, seat_of
from fake_calcom.errors import bad_request, internal_error, not_found
from fake_calcom.rules.locations import VIDEO, Location
from fake_calcom.state.bookings import CANCELLED, REJECTED
from fake_calcom.times import iso, parse_iso, whole_second

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.bookings import Row
    from fake_calcom.state.entities import EventType, User
    from fake_calcom.universe import Universe

NOT_CARRIED = frozenset(("name", "email", "guests", "location", "rescheduledReason", "attendeePhoneNumber"))


async def reschedule_booking(universe: Universe, uid: str, body: Mapping[str, Any], caller: User | None) -> Booked:
    """Move the booking `uid` as a checked body asks; ApiError as Cal.com refuses."""
    row = universe.bookings.by_uid(uid)
    event_type = universe.directory.event_types.get(row.event_type_id) if row else None
    if row is None or event_type is None:
        raise internal_error()
    _refuse_cancelled(row)
    parsed_ms = parse_iso(body["start"])
    assert parsed_ms is not None, "the shape was checked before"
    start_ms, seat_uid = whole_second(parsed_ms), body.get("seatUid")
    if event_type.seats is not None:
        if seat_uid is None:
            raise bad_request(
                f"Booking with uid={uid} is a seated booking which means you have to provide seatUid in the request "
                "body to specify which seat specifically you want to reschedule."
            )
        attendee = seat_of(row, seat_uid)
        if attendee is None:
            raise not_found(f"Seat with uid={seat_uid} does not exist.")
        plan = _plan(event_type, row, start_ms, attendee)
        refuse_booker(universe, plan, caller, body.get("emailVerificationCode"), moves=True)
        return await _move_seat(universe, plan, row, seat_uid)
    by = body.get("rescheduledBy")
    organizer = universe.directory.users[row.host_id]
    moved_by_owner = isinstance(by, str) and universe.directory.user_of_email(by) == organizer.id
    successor = Successor(row, body.get("reschedulingReason"), moved_by_owner)
    plan = _plan(event_type, row, start_ms)
    refuse_booker(universe, plan, caller, body.get("emailVerificationCode"), moves=True)
    return await book(universe, plan, successor)


def _refuse_cancelled(row: Row) -> None:
    if row.status not in (CANCELLED, REJECTED):
        return
    successor_uid = row.content().get("rescheduledToUid")
    if successor_uid is None:
        raise bad_request(
            f"Can't reschedule booking with uid={row.uid} because it has been cancelled. Please provide uid of a "
            "booking that is not cancelled."
        )
    raise bad_request(
        f"Can't reschedule booking with uid={row.uid} because it has been cancelled and rescheduled already to booking "
        f"with uid={successor_uid}. You probably want to reschedule {successor_uid} instead by passing it within the "
        "request URL."
    )


def _plan(event_type: EventType, row: Row, start_ms: int, attendee: Mapping[str, Any] | None = None) -> Plan:
    """Return the plan of the new booking: everything of the old one but its time."""
    content = row.content()
    booker = attendee or content["attendees"][0]
    answers: Mapping[str, Any] = (attendee or content).get("bookingFieldsResponses") or {}
    return Plan(
        event_type=event_type,
        start_ms=start_ms,
        length_minutes=event_type.length_minutes,
        booker=Booker(
            booker["name"], booker["email"], booker["timeZone"], booker["language"], booker.get("phoneNumber")
        ),
        location=_location(content),
        responses={name: value for name, value in answers.items() if name not in NOT_CARRIED},
        metadata=(attendee or content)["metadata"],
        guests=tuple(content.get("guests") or ()),
    )


def _location(content: Mapping[str, Any]) -> Location:
    kept = content.get("bookingFieldsResponses", {}).get("location")
    if not isinstance(kept, dict):
        return Location(content["location"], "somewhereElse", content["location"])
    value, option = str(kept.get("value")), str(kept.get("optionValue") or "")
    return Location(VIDEO if value == VIDEO else content["location"], value, option)


async def _move_seat(universe: Universe, plan: Plan, row: Row, seat_uid: str) -> Booked:
    """Move one seat into the booking at the target time, or into a new one; the old lives on while it has seats."""
    target, seats = find_seated(universe, plan), plan.event_type.seats
    if target is not None and target.number != row.number and seats is not None:
        if len(target.content()["attendees"]) >= seats.per_slot:
            raise bad_request("Booking does not have enough available seats")
        moved, new_seat = add_seat(universe, plan, target)
        booked = Booked(moved, new_seat)
        announce(universe, moved, OF_MOVE)
    else:
        booked = await book(universe, plan, moves_seat=True)
    _leave(universe, row, seat_uid, booked.row.uid)
    return booked


def _leave(universe: Universe, row: Row, seat_uid: str, target_uid: str) -> None:
    universe.time_was_freed()
    left = remove_seat(universe, row, seat_uid)
    if left.status == CANCELLED:
        content = left.content() | {"rescheduledToUid": target_uid, "updatedAt": iso(universe.now_ms())}
        universe.bookings.update(left, content)
