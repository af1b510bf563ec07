"""The payload of a booking's webhooks (source: Cal.com, the calendar event and sendPayload)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fake_calcom.times import iso_without_ms, to_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.bookings import Row
    from fake_calcom.state.directory import Directory
    from fake_calcom.state.entities import EventType

SYSTEM_RESPONSES = frozenset(("name", "email", "guests", "location", "notes", "attendeePhoneNumber"))


def booking_payload(
    directory: Directory, row: Row, event_type: EventType | None, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the payload: times without milliseconds, the status in upper case."""
    content = row.content()
    answers = content.get("bookingFieldsResponses", {})
    responses = {name: {"label": name, "value": v, "isHidden": False} for name, v in answers.items()}
    own = {name: value for name, value in responses.items() if name not in SYSTEM_RESPONSES}
    return {
        "bookerUrl": "https://cal.com",
        "type": content["eventType"]["slug"],
        "title": content["title"],
        "description": content["description"] or "",
        "additionalNotes": content["description"] or "",
        "startTime": iso_without_ms(row.start_ms),
        "endTime": iso_without_ms(row.end_ms),
        "organizer": _organizer(directory, row),
        "attendees": [_attendee(attendee, row.start_ms) for attendee in content["attendees"]],
        "responses": responses,
        "userFieldsResponses": own,
        "location": content["location"],
        "destinationCalendar": None,
        "requiresConfirmation": event_type is not None and event_type.confirmation is not None,
        "eventTypeId": row.event_type_id,
        "uid": row.uid,
        "iCalUID": content["icsUid"],
        "iCalSequence": 0,
        "appsStatus": [],
        "eventTitle": event_type.title if event_type else content["title"],
        "eventDescription": (event_type.spec.get("description") or "") if event_type else "",
        "price": event_type.price if event_type else 0,
        "currency": "usd",
        "length": content["duration"],
        "bookingId": row.id,
        "metadata": content["metadata"] | _video(content),
        "status": row.status.upper(),
        **more,
    }


def _video(content: dict[str, Any]) -> dict[str, str]:
    location = str(content["location"])
    return {"videoCallUrl": location} if location.startswith("http") else {}


def _organizer(directory: Directory, row: Row) -> dict[str, Any]:
    user = directory.users[row.host_id]
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username,
        "timeZone": user.time_zone,
        "language": {"locale": "en"},
        "timeFormat": "h:mma",
        "utcOffset": _utc_offset_minutes(user.time_zone, row.start_ms),
    }


def _attendee(attendee: dict[str, Any], start_ms: int) -> dict[str, Any]:
    first, _, last = attendee["name"].partition(" ")
    return {
        "email": attendee["email"],
        "name": attendee["name"],
        "firstName": first,
        "lastName": last,
        "timeZone": attendee["timeZone"],
        "language": {"locale": attendee["language"]},
        "phoneNumber": attendee.get("phoneNumber"),
        "utcOffset": _utc_offset_minutes(attendee["timeZone"], start_ms),
    }


def _utc_offset_minutes(time_zone: str, moment_ms: int) -> int:
    offset = to_datetime(moment_ms).astimezone(ZoneInfo(time_zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
