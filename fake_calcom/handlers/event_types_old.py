"""Event types, versions before 2024-06-14: `length` in minutes, and lists grouped by profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.handlers.event_types import own_event_type
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.state.entities import EventType, User


async def list_all(request: Request) -> Answer:
    """GET /v2/event-types: the caller's, in one group under their profile."""
    user = request.me()
    mine = [e for e in request.universe.directory.event_types.values() if e.owner_id == user.id]
    profile = {"slug": user.username, "name": user.name, "image": None, "eventTypesLockedByOrg": False}
    group = {
        "teamId": None,
        "bookerUrl": "https://cal.com",
        "membershipRole": None,
        "profile": profile,
        "metadata": {"membershipCount": 1, "readOnly": False},
        "eventTypes": [_content(e, user) for e in mine],
    }
    return success({"eventTypeGroups": [group], "profiles": [profile]})


async def read(request: Request) -> Answer:
    """GET /v2/event-types/{id}: only the caller's own."""
    return success({"eventType": _content(own_event_type(request), request.me())})


def _content(event_type: EventType, owner: User) -> dict[str, Any]:
    return {
        "id": event_type.id,
        "title": event_type.title,
        "slug": event_type.slug,
        "length": event_type.length_minutes,
        "description": event_type.spec.get("description"),
        "hidden": bool(event_type.spec.get("hidden")),
        "userId": owner.id,
        "teamId": None,
        "minimumBookingNotice": event_type.minimum_notice_minutes,
        "requiresConfirmation": event_type.confirmation is not None,
        "price": event_type.price,
        "currency": "usd",
        "schedulingType": None,
        "users": [{"id": owner.id, "name": owner.name, "username": owner.username}],
    }
