"""The answer that a booking is: built once when the booking is made, then edited as it changes.

Shape (2024-08-13): see Cal.com's booking output; members that are empty are absent rather than null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.booking.request import NOTHING
from fake_calcom.rules.locations import VIDEO, Location
from fake_calcom.state.bookings import ACCEPTED, Row
from fake_calcom.times import MS_PER_MINUTE, iso
from fake_calcom.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.booking.request import Booker
    from fake_calcom.state.entities import EventType, User

Content = dict[str, Any]


class Plan(NamedTuple):
    """One booking to be made: everything about it but its hosts, which are chosen last."""

    event_type: EventType
    start_ms: int
    length_minutes: int
    booker: Booker
    location: Location
    responses: Mapping[str, Any] = NOTHING
    metadata: Mapping[str, Any] = NOTHING
    guests: tuple[str, ...] = ()
    series_uid: str | None = None
    instant: bool = False
    allows_conflicts: bool = False
    allows_out_of_bounds: bool = False

    @property
    def end_ms(self) -> int:
        """Return the instant it ends."""
        return self.start_ms + self.length_minutes * MS_PER_MINUTE


class Successor(NamedTuple):
    """The booking that a new one replaces, who moves it, and why."""

    row: Row
    reason: str | None = None
    moved_by_owner: bool = False


class Identity(NamedTuple):
    """What a new row is called, and when it is made."""

    id: int
    uid: str
    now_ms: int
    seat_uid: str | None = None


def new_content(
    plan: Plan, identity: Identity, status: str, organizer: User, others: tuple[User, ...], team_name: str | None
) -> Content:
    """Return the answer of a new booking."""
    event_type, uid, created = plan.event_type, identity.uid, iso(identity.now_ms)
    place = shown_location(plan.location, status, uid)
    content: Content = {
        "id": identity.id,
        "uid": uid,
        "title": f"{event_type.title} between {team_name or organizer.name} and {plan.booker.name}",
        "description": None if event_type.seats else str(plan.responses.get("notes") or ""),
        "hosts": [host_content(organizer)],
        "status": status,
        "start": iso(plan.start_ms),
        "end": iso(plan.end_ms),
        "duration": plan.length_minutes,
        "eventTypeId": event_type.id,
        "eventType": {"id": event_type.id, "slug": event_type.slug},
        "attendees": [booker_content(plan, identity.seat_uid)],
        "location": place,
        "meetingUrl": place,
        "absentHost": False,
        "createdAt": created,
        "updatedAt": created,
        "metadata": {} if event_type.seats else dict(plan.metadata),
        "rating": None,
        "icsUid": f"{uid}@Cal.com",
        "rescheduledByEmail": None,
    }
    if others:
        content["attendees"] += [co_host_content(user) for user in others]
    if plan.guests:
        content["attendees"] += [guest_content(plan, email) for email in plan.guests]
        content["guests"] = list(plan.guests)
    if not event_type.seats:
        content["bookingFieldsResponses"] = responses_content(plan)
    if plan.series_uid is not None:
        content["recurringBookingUid"] = plan.series_uid
    return content


def new_row(plan: Plan, identity: Identity, status: str, host_id: int, content: Content, unique_key: str | None) -> Row:
    """Return the row of a new booking, ready for its INSERT."""
    keeps_phone = plan.series_uid is not None and plan.booker.phone is not None
    return Row(
        number=0,
        id=identity.id,
        uid=identity.uid,
        event_type_id=plan.event_type.id,
        start_ms=plan.start_ms,
        end_ms=plan.end_ms,
        status=status,
        host_id=host_id,
        created_ms=identity.now_ms,
        updated_ms=identity.now_ms,
        series_uid=plan.series_uid,
        unique_key=unique_key,
        answer=encode(content),
        hidden=encode({"phones": {plan.booker.email: plan.booker.phone}}) if keeps_phone else None,
    )


def shown_location(location: Location, status: str, uid: str) -> str:
    """Return what the answer shows: a Cal Video room has an address once the booking is accepted."""
    if location.value == VIDEO and status == ACCEPTED:
        return f"https://app.cal.com/video/{uid}"
    return location.text


def host_content(user: User) -> Content:
    """Return a host as the answer shows them."""
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username or "unknown",
        "timeZone": user.time_zone,
    }


def booker_content(plan: Plan, seat_uid: str | None = None) -> Content:
    """Return the booker as an attendee; on a seat, with the seat's own responses and metadata."""
    booker = plan.booker
    attendee: Content = {
        "name": booker.name,
        "email": booker.email,
        "timeZone": booker.time_zone,
        "language": booker.language,
        "absent": False,
    }
    if booker.phone is not None and plan.series_uid is None:
        attendee["phoneNumber"] = booker.phone
    if seat_uid is not None:
        attendee["seatUid"] = seat_uid
        attendee["bookingFieldsResponses"] = seat_responses_content(plan)
        attendee["metadata"] = dict(plan.metadata)
    return attendee


def guest_content(plan: Plan, email: str) -> Content:
    """Return a guest as an attendee: nameless, in the booker's zone and language."""
    booker = plan.booker
    return {
        "name": "",
        "email": email,
        "timeZone": booker.time_zone,
        "language": booker.language,
        "absent": False,
    }


def co_host_content(user: User) -> Content:
    """Return another host of a team booking as an attendee."""
    return {
        "name": user.name,
        "email": user.email,
        "timeZone": user.time_zone,
        "language": "en",
        "absent": False,
    }


def responses_content(plan: Plan) -> Content:
    """Return the booker's answers, with the ones Cal.com adds."""
    content: Content = {"name": plan.booker.name, "email": plan.booker.email}
    if plan.booker.phone is not None:
        content["attendeePhoneNumber"] = plan.booker.phone
    content |= plan.responses
    if plan.guests:
        content["guests"] = list(plan.guests)
    content["location"] = {"value": plan.location.value, "optionValue": plan.location.option}
    return content


def seat_responses_content(plan: Plan) -> Content:
    """Return a seat's answers: no e-mail, and guests even when there are none."""
    content: Content = {"guests": list(plan.guests), "name": plan.booker.name}
    if plan.booker.phone is not None:
        content["attendeePhoneNumber"] = plan.booker.phone
    return {**content, **plan.responses}
