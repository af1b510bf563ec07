"""The bookings that a world begins with: written as they are told, without asking whether they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.content import Identity, Plan, new_content, new_row
from fake_calcom.booking.request import read_booker
from fake_calcom.errors import ApiError, WorldError
from fake_calcom.rules.locations import resolve_location
from fake_calcom.rules.unique_key import unique_key
from fake_calcom.state.bookings import ACCEPTED, LIVE
from fake_calcom.times import iso, parse_iso, whole_second

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_calcom.state.entities import EventType, User
    from fake_calcom.universe import Universe


def insert_bookings(
    universe: Universe,
    bookings: Sequence[Mapping[str, Any]],
    event_type_ids: Mapping[str, int],
    user_ids: Mapping[str, int],
) -> None:
    """Write a world's bookings, the oldest first; WorldError naming the first that cannot be.

    Bookings made at one instant keep the world's order: who was booked last, and which of several a lookup
    finds, follow from when they were made, not from where they stand in the file.
    """
    now_ms = universe.now_ms()
    for index, booking in sorted(enumerate(bookings), key=lambda numbered: _created_ms(numbered[1], now_ms)):
        where = f"bookings[{index}]"
        if booking["eventType"] not in event_type_ids:
            raise WorldError(f"no event type has the key {booking['eventType']!r}", f"{where}.eventType")
        event_type = universe.directory.event_types[event_type_ids[booking["eventType"]]]
        if booking.get("host") is not None and booking["host"] not in user_ids:
            raise WorldError(f"no user has the key {booking['host']!r}", f"{where}.host")
        hosts = universe.directory.host_ids(event_type)
        if not hosts:
            raise WorldError("its event type has no host", f"{where}.eventType")
        if booking.get("uid") in universe.bookings:
            raise WorldError("another booking has this uid", f"{where}.uid")
        host_id = user_ids[booking["host"]] if booking.get("host") is not None else hosts[0]
        try:
            _insert(universe, booking, event_type, universe.directory.users[host_id])
        except ApiError as error:
            raise WorldError(error.message, where) from None


def _insert(universe: Universe, booking: Mapping[str, Any], event_type: EventType, host: User) -> None:
    start_ms = parse_iso(booking["start"])
    assert start_ms is not None, "the shape was checked before"
    plan = _plan(booking, event_type, whole_second(start_ms))
    created_ms = _created_ms(booking, universe.now_ms())
    updated_ms = parse_iso(booking.get("updatedAt"))
    updated_ms = created_ms if updated_ms is None else updated_ms
    ids = universe.outside.ids
    uid = booking.get("uid") or universe.new_booking_uid(host.username or "", plan.start_ms, created_ms)
    number = ids.booking_id() if booking.get("id") is None else int(booking["id"])
    seat_uid = ids.uuid() if event_type.seats else None
    status = booking.get("status") or ACCEPTED
    identity = Identity(number, uid, created_ms, seat_uid)
    content = new_content(plan, identity, status, host, (), None)
    content["updatedAt"] = iso(updated_ms)
    key = unique_key(
        universe.generation,
        event_type_id=event_type.id,
        start_ms=plan.start_ms,
        end_ms=plan.end_ms,
        host_id=host.id,
        emails=[attendee["email"] for attendee in content["attendees"]],
        status=status,
    )
    free = status in LIVE and (key is None or universe.bookings.holder_of_key(key) is None)
    row = new_row(plan, identity, status, host.id, content, key if free else None)
    universe.bookings.insert(row._replace(updated_ms=updated_ms))


def _created_ms(booking: Mapping[str, Any], now_ms: int) -> int:
    created_ms = parse_iso(booking.get("createdAt"))
    return now_ms if created_ms is None else created_ms


def _plan(booking: Mapping[str, Any], event_type: EventType, start_ms: int) -> Plan:
    booker = read_booker(booking["attendee"])
    return Plan(
        event_type=event_type,
        start_ms=start_ms,
        length_minutes=int(booking.get("lengthInMinutes") or event_type.length_minutes),
        booker=booker,
        location=resolve_location(event_type, booking.get("location"), booker.phone),
        responses=booking.get("bookingFieldsResponses") or {},
        metadata=booking.get("metadata") or {},
        guests=tuple(booking.get("guests") or ()),
    )
