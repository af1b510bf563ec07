"""The peer: a bare aiohttp handler that keeps dicts and answers JSON. Two routes, no rule at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

Booking = dict[str, Any]


def whole_booking(number: int, body: Booking) -> Booking:
    """A booking with every member that Cal.com answers: the peer then sends as much as the fake."""
    uid, attendee, now = f"uid-{number}", body["attendee"], datetime.now(UTC).isoformat()
    room = f"https://app.cal.com/video/{uid}"
    return {
        "id": number,
        "uid": uid,
        "title": f"Visit between Host and {attendee['name']}",
        "description": "",
        "hosts": [{"id": 1, "name": "Host", "email": "host@example.com", "username": "host", "timeZone": "UTC"}],
        "status": "accepted",
        "start": body["start"],
        "end": body["start"],
        "duration": 15,
        "eventTypeId": body["eventTypeId"],
        "eventType": {"id": body["eventTypeId"], "slug": "visit"},
        "attendees": [{**attendee, "language": "en", "absent": False}],
        "location": room,
        "meetingUrl": room,
        "absentHost": False,
        "createdAt": now,
        "updatedAt": now,
        "metadata": body["metadata"],
        "rating": None,
        "icsUid": f"{uid}@Cal.com",
        "rescheduledByEmail": None,
        "bookingFieldsResponses": {
            "name": attendee["name"],
            "email": attendee["email"],
            "location": {"value": "integrations:daily", "optionValue": ""},
        },
    }


def few_members(number: int, body: Booking) -> Booking:
    """A booking of half the length."""
    attendee = body["attendee"]
    return {
        "id": number,
        "uid": f"uid-{number}",
        "title": f"Visit between Host and {attendee['name']}",
        "hosts": [{"id": 1, "name": "Host", "email": "host@example.com", "timeZone": "UTC"}],
        "status": "accepted",
        "start": body["start"],
        "duration": 15,
        "eventTypeId": body["eventTypeId"],
        "attendees": [attendee],
        "metadata": body["metadata"],
        "createdAt": datetime.now(UTC).isoformat(),
        "bookingFieldsResponses": {"name": attendee["name"], "email": attendee["email"]},
    }


def bare_app(booking_of: Callable[[int, Booking], Booking]) -> web.Application:
    """The application; `booking_of` makes the booking of a number and a body."""
    kept: dict[str, Booking] = {}

    async def create(request: web.Request) -> web.Response:
        booking = booking_of(len(kept), await request.json())
        kept[booking["uid"]] = booking
        return web.json_response({"status": "success", "data": booking}, status=201)

    async def read(request: web.Request) -> web.Response:
        return web.json_response({"status": "success", "data": kept[request.match_info["uid"]]})

    app = web.Application()
    app.router.add_post("/v2/bookings", create)
    app.router.add_get("/v2/bookings/{uid}", read)
    return app
