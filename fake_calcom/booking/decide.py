"""What a host does to a booking: confirm, decline, mark absent, hand it to another host.

Source: Cal.com, confirmHandler, the no-show handler and the platform's reassign calls. Confirming does not look
at the old state beyond "already accepted", nor at what else the host has: two pendings of one slot can both be
confirmed, and a cancelled booking comes back to life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.announce import NO_SHOW, OF_BOOKING, News, announce
from fake_calcom.booking.announce import REJECTED as REJECTED_TRIGGER
from fake_calcom.booking.availability import Question
from fake_calcom.booking.content import host_content
from fake_calcom.booking.turns import turns_of
from fake_calcom.errors import RawError, bad_request, not_found, trpc_error
from fake_calcom.rules.host_choice import next_in_turn
from fake_calcom.rules.locations import VIDEO
from fake_calcom.rules.unique_key import unique_key
from fake_calcom.state.bookings import ACCEPTED, REJECTED, Row
from fake_calcom.times import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.entities import EventType, Host, User
    from fake_calcom.universe import Universe


def find_booking(
    universe: Universe, uid: str, text: str = "Booking with uid={uid} was not found in the database"
) -> Row:
    """Return the booking; 404 in the words of the call when there is none."""
    row = universe.bookings.by_uid(uid)
    if row is None:
        raise not_found(text.format(uid=uid))
    return row


def confirm(universe: Universe, uid: str, caller: User) -> Row:
    """Accept a booking, whatever it was before; an accepted one is a 400."""
    row = _decidable(universe, uid, caller)
    content, event_type = row.content(), universe.directory.event_types.get(row.event_type_id)
    content |= {"status": ACCEPTED, "updatedAt": iso(universe.now_ms())}
    if content["location"] == VIDEO:
        content["location"] = content["meetingUrl"] = f"https://app.cal.com/video/{row.uid}"
    row = universe.bookings.update(row, content, status=ACCEPTED, updated_ms=universe.now_ms())
    is_unpaid = event_type is not None and event_type.price > 0
    announce(universe, row, OF_BOOKING, mails=not is_unpaid)
    return row


def decline(universe: Universe, uid: str, caller: User, reason: str | None) -> Row:
    """Reject a booking; an accepted one is a 400."""
    row = _decidable(universe, uid, caller)
    content = row.content() | {"status": REJECTED, "updatedAt": iso(universe.now_ms())}
    if reason:
        content["cancellationReason"] = reason
    universe.time_was_freed()
    row = universe.bookings.update(row, content, status=REJECTED, updated_ms=universe.now_ms(), unique_key=None)
    announce(universe, row, News(REJECTED_TRIGGER, "attendee_declined", more={"rejectionReason": reason}))
    return row


def _decidable(universe: Universe, uid: str, caller: User) -> Row:
    row = find_booking(universe, uid)
    if not _may_manage(universe, row, caller):
        raise trpc_error(401)
    if row.status == ACCEPTED:
        raise trpc_error(400)
    return row


def _may_manage(universe: Universe, row: Row, caller: User) -> bool:
    event_type = universe.directory.event_types.get(row.event_type_id)
    return caller.id == row.host_id or (event_type is not None and universe.directory.may_manage(caller.id, event_type))


def mark_absent(universe: Universe, uid: str, caller: User, body: Mapping[str, Any]) -> Row:
    """Note who did not come. `host: false` does nothing; a host's absence fires no trigger."""
    row = find_booking(universe, uid, "Booking with uid={uid} not found.")
    now_ms = universe.now_ms()
    if now_ms < row.start_ms:
        raise bad_request(
            "Bookings can only be marked as absent after their scheduled start time. Current time in UTC+0: "
            f"{iso(now_ms)}, Booking start time in UTC+0: {iso(row.start_ms)}"
        )
    if not _may_manage(universe, row, caller):
        raise RawError(500, "Failed to update no-show status")
    content = row.content() | {"updatedAt": iso(now_ms)}
    if body.get("host"):
        content["absentHost"] = True
    marks = {mark["email"]: mark["absent"] for mark in body.get("attendees") or ()}
    marked = [a for a in content["attendees"] if a["email"] in marks]
    for attendee in marked:
        attendee["absent"] = marks[attendee["email"]]
    row = universe.bookings.update(row, content, updated_ms=now_ms)
    if marked:
        told = [{"email": a["email"], "noShow": a["absent"]} for a in marked]
        more = {"message": "no_show_updated", "attendees": told, "bookingUid": row.uid, "bookingId": row.id}
        announce(universe, row, News(NO_SHOW, more=more, only_more=True))
    return row


def reassign(universe: Universe, uid: str, caller: User, to_user_id: int | None = None) -> Row:
    """Give a round-robin booking to the host named, or to the next in turn who is free."""
    row = find_booking(universe, uid)
    event_type = universe.directory.event_types.get(row.event_type_id)
    if event_type is None or not _may_manage(universe, row, caller):
        raise trpc_error(401)
    others = [h for h in event_type.hosts if not h.is_fixed and h.user_id != row.host_id]
    if to_user_id is None:
        chosen = _next_free(universe, row, event_type, others)
    else:
        chosen = _named_host(universe, event_type, to_user_id)
    if chosen == row.host_id:
        return row
    return _hand_over(universe, row, chosen, caller)


def _next_free(universe: Universe, row: Row, event_type: EventType, others: list[Host]) -> int:
    question = Question(event_type, row.number)
    free = [h for h in others if universe.availability.is_free(h.user_id, row.start_ms, row.end_ms, question)]
    if not free:
        raise bad_request("Can't reassign the booking because no other host is available at that time.")
    return next_in_turn(event_type, free, turns_of(universe, event_type.id)).user_id


def _named_host(universe: Universe, event_type: EventType, user_id: int) -> int:
    if user_id not in universe.directory.users:
        raise not_found(f"User with id={user_id} was not found in the database")
    if all(host.user_id != user_id for host in event_type.hosts):
        raise bad_request(
            f"User with id={user_id} is not a valid Round Robin host - the user to which you reassign this booking "
            "must be one of the booking's event type hosts."
        )
    return user_id


def _hand_over(universe: Universe, row: Row, user_id: int, caller: User) -> Row:
    """Write the booking with its new organizer, in place; its unique key follows where the generation says so."""
    user, content = universe.directory.users[user_id], row.content()
    before = content["hosts"][0]["name"]
    content |= {"hosts": [host_content(user)], "updatedAt": iso(universe.now_ms())}
    content["title"] = content["title"].replace(f" between {before} and ", f" between {user.name} and ", 1)
    facts: dict[str, Any] = {"host_id": user_id, "updated_ms": universe.now_ms()}
    if universe.generation.rekeys_on_reassign:
        facts["unique_key"] = _key_of_new_host(universe, row, content, user_id, caller)
    universe.time_was_freed()
    return universe.bookings.update(row, content, **facts)


def _key_of_new_host(
    universe: Universe, row: Row, content: Mapping[str, Any], user_id: int, caller: User
) -> str | None:
    """Return the unique key that a booking gets with another host; the raw 409 when a booking of theirs holds it."""
    key = unique_key(
        universe.generation,
        event_type_id=row.event_type_id,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        host_id=user_id,
        emails=[a["email"] for a in content["attendees"]],
        status=row.status,
        reassigned_by=caller.id,
    )
    holder = universe.bookings.holder_of_key(key) if key is not None else None
    if holder not in (None, row.number):
        raise RawError(409, "booking_conflict_error")
    return key
