"""Set a slot aside (source: the platform's slots service, version 2024-09-04).

A reservation asks neither for working hours nor for availability; it hides the slot from the list for a few
minutes and stops nobody from booking it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_calcom.errors import bad_request, not_found, refusal
from fake_calcom.rules.ranges import overlap
from fake_calcom.state.entities import Reservation
from fake_calcom.times import MS_PER_MINUTE, iso

if TYPE_CHECKING:
    from fake_calcom.state.bookings import Row
    from fake_calcom.state.entities import EventType, User
    from fake_calcom.universe import Universe

DEFAULT_MINUTES = 5
RESERVED = "This time slot is already reserved by another user. Please choose a different time."
LOGIN_NEEDED = (
    "reservationDuration can only be used for authenticated requests - use access token, api key or OAuth credentials"
)
UNRELATED = (
    "authenticated user is not owner of event type, does not have memberships in common with owner of the event type, "
    "nor does belong to event type's team or org."
)


@dataclass(slots=True, frozen=True)
class Wish:
    """What somebody wants to set aside; `minutes` None takes the default."""

    event_type_id: int
    start_ms: int
    slot_minutes: int | None = None
    minutes: int | None = None


def reserve(universe: Universe, wish: Wish, caller: User | None) -> Reservation:
    """Set a slot aside under a new uid."""
    event_type = _checked_event_type(universe, wish, caller)
    _refuse_taken(universe, event_type, wish)
    reservation = _reservation(universe, event_type, wish, universe.outside.ids.uuid())
    forget_expired(universe, universe.now_ms())
    universe.directory.reservations[reservation.uid] = reservation
    return reservation


def move(universe: Universe, uid: str, wish: Wish, caller: User | None) -> Reservation:
    """Set another slot aside under the uid of an earlier one; even the own old one counts as an overlap."""
    if current(universe, uid) is None:
        raise not_found(f"Slot with uid={uid} not found")
    event_type = _checked_event_type(universe, wish, caller)
    _refuse_taken(universe, event_type, wish)
    reservation = _reservation(universe, event_type, wish, uid)
    universe.time_was_freed()
    universe.directory.reservations[uid] = reservation
    return reservation


def current(universe: Universe, uid: str) -> Reservation | None:
    """Return an unexpired reservation, or None."""
    found = universe.directory.reservations.get(uid)
    return found if found is not None and found.until_ms > universe.now_ms() else None


def release(universe: Universe, uid: str) -> None:
    """Give a slot back; an unknown uid is no error."""
    if universe.directory.reservations.pop(uid, None) is not None:
        universe.time_was_freed()


def _checked_event_type(universe: Universe, wish: Wish, caller: User | None) -> EventType:
    event_type = universe.directory.event_types.get(wish.event_type_id)
    if event_type is None:
        raise not_found(f"Event Type with ID={wish.event_type_id} not found")
    if wish.minutes is not None:
        if caller is None:
            raise refusal(401, LOGIN_NEEDED)
        if not universe.directory.is_related(caller.id, event_type):
            raise refusal(403, UNRELATED)
    if wish.slot_minutes is not None:
        _refuse_wrong_length(event_type, wish.slot_minutes)
    if event_type.is_team and not event_type.hosts:
        raise bad_request("Cannot reserve a slot for a team event without any hosts")
    return event_type


def _refuse_wrong_length(event_type: EventType, minutes: int) -> None:
    if not event_type.length_options:
        raise bad_request("You passed 'slotDuration' but this event type is not a variable length event type.")
    if minutes not in event_type.length_options:
        possible = ", ".join(map(str, event_type.length_options))
        raise bad_request(
            "Provided 'slotDuration' is not one of the possible lengths for the event type. The possible lengths for "
            f"this variable length event type are: {possible}"
        )


def _reservation(universe: Universe, event_type: EventType, wish: Wish, uid: str) -> Reservation:
    minutes = wish.minutes or DEFAULT_MINUTES
    start_ms, end_ms = _span(event_type, wish)
    return Reservation(
        uid=uid,
        event_type_id=event_type.id,
        user_ids=universe.directory.host_ids(event_type),
        start_ms=start_ms,
        end_ms=end_ms,
        until_ms=universe.now_ms() + minutes * MS_PER_MINUTE,
        minutes=minutes,
    )


def _span(event_type: EventType, wish: Wish) -> tuple[int, int]:
    minutes = wish.slot_minutes or event_type.length_minutes
    return wish.start_ms, wish.start_ms + minutes * MS_PER_MINUTE


def _refuse_taken(universe: Universe, event_type: EventType, wish: Wish) -> None:
    """Raise the 422 when a booking or a reservation of the event type overlaps; touching edges do not."""
    wanted, now_ms = _span(event_type, wish), universe.now_ms()
    booked = _booked(universe, event_type, wanted)
    reserved = [
        r
        for r in universe.directory.reservations.values()
        if r.event_type_id == event_type.id and r.until_ms > now_ms and overlap(wanted, (r.start_ms, r.end_ms))
    ]
    if event_type.seats is not None:
        taken = sum(len(row.content()["attendees"]) for row in booked) + len(reserved)
        if taken >= event_type.seats.per_slot:
            raise refusal(422, f"Booking with id={event_type.id} at {iso(wanted[0])} has no more seats left.")
        return
    if booked:
        raise refusal(422, "Can't reserve a slot if the event is already booked.")
    if reserved:
        raise refusal(422, RESERVED)


def _booked(universe: Universe, event_type: EventType, wanted: tuple[int, int]) -> list[Row]:
    """Return the bookings of the event type that stand in the way of a reservation.

    Those are the live ones that overlap it; until 2025-05-29 whatever began at its very start, cancelled or moved
    ones too (#21589), and nothing else.
    """
    if not universe.generation.reserves_what_was_left:
        return [row for row in universe.bookings.of_event_type(event_type.id) if row.start_ms == wanted[0]]
    rows = (
        row
        for host in universe.directory.host_ids(event_type)
        for row in universe.bookings.overlapping(host, *wanted)
        if row.event_type_id == event_type.id
    )
    return list({row.number: row for row in rows}.values())


def forget_expired(universe: Universe, now_ms: int) -> None:
    """Drop the reservations that have run out, so that they do not pile up."""
    held = universe.directory.reservations
    for uid in [uid for uid, r in held.items() if r.until_ms <= now_ms]:
        del held[uid]
