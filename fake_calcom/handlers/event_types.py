"""Event types, version 2024-06-14: one's own by id, anybody's by username."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import bad_request, not_found
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.state.entities import EventType


async def read(request: Request) -> Answer:
    """GET /v2/event-types/{id}: only the caller's own; a team's is not visible here."""
    return success(event_type_content(own_event_type(request)))


async def list_all(request: Request) -> Answer:
    """GET /v2/event-types: those of `username`; nothing without one, as of October 2025."""
    directory, username = request.universe.directory, request.query.one("username")
    user = directory.user_of_username(username) if username else None
    if user is None:
        return success([])
    slug = request.query.one("eventSlug")
    mine = [e for e in directory.event_types.values() if e.owner_id == user.id]
    return success([event_type_content(e) for e in mine if slug is None or e.slug == slug])


def own_event_type(request: Request) -> EventType:
    """Return the caller's event type of the id in the path; 404 when it is not theirs."""
    text = request.params["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise bad_request("Validation failed (numeric string is expected)")
    found = request.universe.directory.event_types.get(int(text))
    if found is None or found.owner_id != request.me().id:
        raise not_found(f"Event type with id {text} not found")
    return found


def event_type_content(event_type: EventType) -> dict[str, Any]:
    """Return an event type as the API shows it: its own description over Cal.com's defaults."""
    defaults: dict[str, Any] = {
        "id": event_type.id,
        "ownerId": event_type.owner_id,
        "lengthInMinutes": event_type.length_minutes,
        "title": event_type.title,
        "slug": event_type.slug,
        "description": "",
        "locations": [{"type": "integration", "integration": "cal-video"}],
        "bookingFields": [],
        "recurrence": None,
        "disableGuests": False,
        "slotInterval": None,
        "minimumBookingNotice": event_type.minimum_notice_minutes,
        "beforeEventBuffer": 0,
        "afterEventBuffer": 0,
        "metadata": {},
        "price": 0,
        "currency": "usd",
        "hidden": False,
        "bookingRequiresAuthentication": False,
        "scheduleId": None,
    }
    return defaults | {name: value for name, value in event_type.spec.items() if value is not None}
