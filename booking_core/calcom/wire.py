"""Cal.com's JSON, read and written. Pure: bytes and values, no I/O.

Shapes: bookings `cal-api-version: 2024-08-13`, slots `2024-09-04`. What does not fit raises WireError, so that an
unreadable answer is never taken for a booking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from booking_core.domain.model import Attendee, BookingRequest, CalcomBooking

UID_MAX = 64  # Cal.com's uids have 22 characters; the columns hold 64
NUMBER_MAX = 2**63 - 1


class WireError(Exception):
    """Cal.com answered something that is not what it documents. The text names the place, never the content."""


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One page of `GET /v2/bookings`."""

    bookings: Sequence[CalcomBooking]
    has_next: bool


def instant(moment: datetime) -> str:
    """The strict ISO 8601 form that every Cal.com parameter accepts: `2025-10-10T06:00:00.000Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def encode_create(request: BookingRequest) -> dict[str, Any]:
    """The body of `POST /v2/bookings`; a phone that is None is left out, for Cal.com compares one that is sent."""
    attendee: dict[str, Any] = {
        "name": request.attendee.name,
        "timeZone": request.time_zone,
        "language": request.language,
    }
    if request.attendee.email is not None:
        attendee["email"] = request.attendee.email
    if request.attendee.phone is not None:
        attendee["phoneNumber"] = request.attendee.phone
    return {
        "start": instant(request.start),
        "eventTypeId": request.event_type_id,
        "attendee": attendee,
        "metadata": dict(request.metadata),
    }


def read_json(body: bytes) -> Any:
    """The parsed body; WireError when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("the body is not JSON") from error


def error_message(body: bytes) -> str:
    """Cal.com's sentence from either error shape: `{error: {message}}` or the raw `{statusCode, message}`."""
    try:
        parsed = read_json(body)
    except WireError:
        return "no readable message"
    if not isinstance(parsed, dict):
        return "no readable message"
    envelope = parsed.get("error")
    message = envelope.get("message") if isinstance(envelope, dict) else parsed.get("message")
    return message if isinstance(message, str) else "no readable message"


def read_booking(body: bytes) -> CalcomBooking:
    """The booking of a create, get or reschedule answer."""
    return _booking(_mapping(_data(body), "data"))


def read_booking_page(body: bytes) -> BookingPage:
    """One page of the list of bookings."""
    parsed = _mapping(read_json(body), "the body")
    pagination = _mapping(parsed.get("pagination"), "pagination")
    bookings = [_booking(_mapping(item, "data[]")) for item in _list(parsed.get("data"), "data")]
    return BookingPage(bookings, has_next=pagination.get("hasNextPage") is True)


def read_payload_booking(payload: Mapping[str, Any]) -> CalcomBooking:
    """The booking of a webhook's payload: other field names, an upper-case status, no createdAt of the booking."""
    status = payload.get("status")
    return CalcomBooking(
        uid=_uid(payload.get("uid"), "payload.uid"),
        number=_integer(payload.get("bookingId"), "payload.bookingId"),
        status=status.lower() if isinstance(status, str) else "accepted",
        start=_instant(payload.get("startTime"), "payload.startTime"),
        end=_instant(payload.get("endTime"), "payload.endTime"),
        event_type_id=payload["eventTypeId"] if isinstance(payload.get("eventTypeId"), int) else None,
        created_at=None,
        metadata=_metadata(payload.get("metadata")),
        attendee=_first_attendee(payload.get("attendees")),
    )


def read_starts(body: bytes) -> list[datetime]:
    """The free starts of `GET /v2/slots`, ascending: `{data: {day: [{start}]}}`, empty days left out."""
    days = _mapping(_data(body), "data")
    starts = [
        _instant(_mapping(slot, "slot").get("start"), "start") for day in days.values() for slot in _list(day, "day")
    ]
    return sorted(starts)


def _booking(data: Mapping[str, Any]) -> CalcomBooking:
    return CalcomBooking(
        uid=_uid(data.get("uid"), "uid"),
        number=_integer(data.get("id"), "id"),
        status=_text(data.get("status"), "status"),
        start=_instant(data.get("start"), "start"),
        end=_instant(data.get("end"), "end"),
        event_type_id=data["eventTypeId"] if isinstance(data.get("eventTypeId"), int) else None,
        created_at=_lenient_instant(data.get("createdAt")),
        metadata=_metadata(data.get("metadata")),
        attendee=_first_attendee(data.get("attendees")),
    )


def _metadata(value: Any) -> dict[str, str]:
    """Only strings count; Cal.com itself degrades other metadata to `{}`."""
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _first_attendee(value: Any) -> Attendee | None:
    """The booker comes first; guests and co-hosts follow."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return None
    first = value[0]
    name, email, phone = first.get("name"), first.get("email"), first.get("phoneNumber")
    return Attendee(
        name=name if isinstance(name, str) else "",
        email=email if isinstance(email, str) else None,
        phone=phone if isinstance(phone, str) else None,
    )


def _lenient_instant(value: Any) -> datetime | None:
    """`createdAt`: one that is missing or malformed is unknown, and Layer 1 says so; the booking itself is real."""
    try:
        return _instant(value, "createdAt")
    except WireError:
        return None


def _instant(value: Any, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, where))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WireError(f"{where} is not an ISO 8601 instant") from error


def _data(body: bytes) -> Any:
    return _mapping(read_json(body), "the body").get("data")


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise WireError(f"{where} is not an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise WireError(f"{where} is not a list")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise WireError(f"{where} is not a text")
    return value


def _uid(value: Any, where: str) -> str:
    uid = _text(value, where)
    if len(uid) > UID_MAX or not uid.isprintable():
        raise WireError(f"{where} is not a uid")
    return uid


def _integer(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_MAX:
        raise WireError(f"{where} is not an id")
    return value
