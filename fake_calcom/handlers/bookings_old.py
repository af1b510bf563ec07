"""Bookings, version 2024-04-15, which a missing or unknown `cal-api-version` reaches.

The body's shape is another one; the booking that comes of it is the same, and so are the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.cancel import cancel_booking
from fake_calcom.booking.create import answered_of, create_bookings
from fake_calcom.booking.listing import list_bookings
from fake_calcom.booking.request import Booker, BookingRequest, EventTypeName
from fake_calcom.dto.list_bookings import LIST_BOOKINGS, list_values, read_list_query
from fake_calcom.dto.old import CANCEL_OLD, CREATE_BOOKING_OLD
from fake_calcom.dto.shape import refuse_listed
from fake_calcom.errors import not_found
from fake_calcom.handlers.views import object_body
from fake_calcom.times import MS_PER_MINUTE, parse_iso, whole_second
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.routing import Request
    from fake_calcom.state.bookings import Row

NOT_ANSWERS = frozenset(("name", "email", "guests", "location", "attendeePhoneNumber"))


async def create(request: Request) -> Answer:
    """POST /v2/bookings: 201 with the booking as the core knows it."""
    body = object_body(request)
    refuse_listed(CREATE_BOOKING_OLD, body)
    booked = await create_bookings(request.universe, _read(body), request.caller)
    first = booked[0].row
    is_series = first.series_uid is not None
    told = [_content(row) for row in answered_of(request.universe, booked)] if is_series else _content(first)
    answer = success(told)
    answer.status = 201
    return answer


async def read(request: Request) -> Answer:
    """GET /v2/bookings/{uid}."""
    row = request.universe.bookings.by_uid(request.params["uid"])
    if row is None:
        raise not_found(f"Booking with UID={request.params['uid']} does not exist.")
    return success(_content(row))


async def list_all(request: Request) -> Answer:
    """GET /v2/bookings: the caller's, under `filters[...]` names or the plain ones."""
    plain = {name.removeprefix("filters[").rstrip("]"): held for name, held in request.query.values.items()}
    values = list_values(type(request.query)(plain))
    refuse_listed(LIST_BOOKINGS, values)
    page = list_bookings(request.universe, request.me(), read_list_query(values))
    return success({"bookings": [_content(row) for row in page.rows], "recurringInfo": [], "nextCursor": None})


async def cancel(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/cancel: 200 with what was cancelled; 201 nowhere."""
    body = object_body(request)
    refuse_listed(CANCEL_OLD, body)
    wish = {"cancellationReason": body.get("cancellationReason"), "seatUid": body.get("seatReferenceUid")}
    if body.get("allRemainingBookings"):
        wish["cancelSubsequentBookings"] = True
    rows = await cancel_booking(request.universe, request.params["uid"], wish, request.caller)
    first = rows[0] if isinstance(rows, list) else rows
    return success({"bookingId": first.id, "bookingUid": first.uid, "onlyRemovedAttendee": False})


def _read(body: Mapping[str, Any]) -> BookingRequest:
    responses = body["responses"]
    location = responses.get("location") or {}
    start_ms, end_ms = parse_iso(body["start"]), parse_iso(body.get("end"))
    assert start_ms is not None, "the shape was checked before"
    return BookingRequest(
        start_ms=whole_second(start_ms),
        event_type=EventTypeName(id=int(body["eventTypeId"])),
        booker=Booker(
            name=responses["name"],
            email=responses["email"],
            time_zone=body["timeZone"],
            language=body["language"],
            phone=responses.get("attendeePhoneNumber"),
        ),
        responses={name: value for name, value in responses.items() if name not in NOT_ANSWERS},
        metadata=body["metadata"],
        guests=tuple(responses.get("guests") or ()),
        location=body.get("locationUrl") or location.get("optionValue") or None,
        core_length_minutes=None if end_ms is None else (end_ms - start_ms) // MS_PER_MINUTE,
    )


def _content(row: Row) -> dict[str, Any]:
    """Return a booking as the old version shows it: the core's own names and upper-case status."""
    content = row.content()
    host = content["hosts"][0]
    return {
        "id": row.id,
        "uid": row.uid,
        "idempotencyKey": row.unique_key,
        "userId": row.host_id,
        "userPrimaryEmail": host["email"],
        "eventTypeId": row.event_type_id,
        "title": content["title"],
        "description": content["description"],
        "customInputs": {},
        "responses": content.get("bookingFieldsResponses", {}),
        "startTime": content["start"],
        "endTime": content["end"],
        "location": content["location"],
        "createdAt": content["createdAt"],
        "updatedAt": content["updatedAt"],
        "status": row.status.upper(),
        "paid": False,
        "cancellationReason": content.get("cancellationReason"),
        "fromReschedule": content.get("rescheduledFromUid"),
        "recurringEventId": row.series_uid,
        "metadata": content["metadata"],
        "iCalUID": content["icsUid"],
        "user": {"email": host["email"], "name": host["name"], "timeZone": host["timeZone"]},
        "attendees": [
            {"name": a["name"], "email": a["email"], "timeZone": a["timeZone"], "locale": a["language"]}
            for a in content["attendees"]
        ],
    }
