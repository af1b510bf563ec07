"""What a booker asks for, read from a body whose shape was checked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.outbox import SMS_PLACEHOLDER
from fake_calcom.times import parse_iso, whole_second

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LANGUAGE = "en"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Booker(NamedTuple):
    """The person who books. A phone alone makes a placeholder e-mail of its digits."""

    name: str
    email: str
    time_zone: str
    language: str = DEFAULT_LANGUAGE
    phone: str | None = None


class EventTypeName(NamedTuple):
    """How a request names an event type: by id, or by slug and owner."""

    id: int | None = None
    slug: str | None = None
    username: str | None = None
    team_slug: str | None = None
    organization_slug: str | None = None


class BookingRequest(NamedTuple):
    """One create, as asked; `location` is a text, an object, or None.

    `core_length_minutes` comes of the old body's `end`, which the core alone checks.
    """

    start_ms: int
    event_type: EventTypeName
    booker: Booker
    responses: Mapping[str, Any] = NOTHING
    metadata: Mapping[str, Any] = NOTHING
    guests: tuple[str, ...] = ()
    location: Any = None
    length_minutes: int | None = None
    core_length_minutes: int | None = None
    recurrence_count: int | None = None
    instant: bool = False
    allows_conflicts: bool = False
    allows_out_of_bounds: bool = False
    verification_code: str | None = None


def read_booking_request(body: Mapping[str, Any]) -> BookingRequest:
    """Return the request of a checked 2024-08-13 body."""
    start_ms, get = parse_iso(body["start"]), body.get
    assert start_ms is not None, "the shape was checked before"
    return BookingRequest(
        start_ms=whole_second(start_ms),
        event_type=read_event_type_name(body),
        booker=read_booker(body["attendee"]),
        responses=get("bookingFieldsResponses") or {},
        metadata=get("metadata") or {},
        guests=tuple(get("guests") or ()),
        location=get("location") or get("meetingUrl"),
        length_minutes=_whole(get("lengthInMinutes")),
        recurrence_count=_whole(get("recurrenceCount")),
        instant=bool(get("instant")),
        allows_conflicts=bool(get("allowConflicts")),
        allows_out_of_bounds=bool(get("allowBookingOutOfBounds")),
        verification_code=get("emailVerificationCode"),
    )


def read_event_type_name(values: Mapping[str, Any]) -> EventTypeName:
    """Return how a body or query names its event type."""
    return EventTypeName(
        _whole(values.get("eventTypeId")),
        values.get("eventTypeSlug"),
        values.get("username"),
        values.get("teamSlug"),
        values.get("organizationSlug"),
    )


def read_booker(attendee: Mapping[str, Any]) -> Booker:
    """Return the booker of a checked `attendee`."""
    phone = attendee.get("phoneNumber") or None
    return Booker(
        name=attendee["name"],
        email=attendee.get("email") or placeholder_email(phone or ""),
        time_zone=attendee["timeZone"],
        language=attendee.get("language") or DEFAULT_LANGUAGE,
        phone=phone,
    )


def placeholder_email(phone: str) -> str:
    """Return the e-mail that Cal.com gives somebody who left only a phone number."""
    return phone.replace("+", "").strip() + SMS_PLACEHOLDER


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
