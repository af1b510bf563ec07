"""Event types, version 2024-06-14: one's own by id, anybody's by username; and those of teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.dto.event_types import CREATE_EVENT_TYPE, UPDATE_EVENT_TYPE
from fake_calcom.dto.shape import refuse_listed
from fake_calcom.errors import bad_request, not_found
from fake_calcom.handlers.views import numeric, object_body
from fake_calcom.state.event_types import Ownership, read_event_type
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from collections.abc import Mapping

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


async def create(request: Request) -> Answer:
    """POST /v2/event-types: 201 with the new event type."""
    body = object_body(request)
    refuse_listed(CREATE_EVENT_TYPE, body)
    owner = request.me().id
    _refuse_unfit(request, body, None)
    owned = Ownership(request.universe.directory.new_id(), owner_id=owner)
    event_type = read_event_type(owned, body)
    request.universe.directory.add_event_type(event_type)
    answer = success(event_type_content(event_type))
    answer.status = 201
    return answer


async def update(request: Request) -> Answer:
    """PATCH /v2/event-types/{id}: what is given replaces what was."""
    before, body = own_event_type(request), object_body(request)
    refuse_listed(UPDATE_EVENT_TYPE, body)
    given = {name: value for name, value in body.items() if value is not None}
    spec = {**before.spec, **given}
    _refuse_unfit(request, spec, before.id)
    owned = Ownership(before.id, before.key, before.owner_id)
    event_type = read_event_type(owned, spec)
    request.universe.directory.add_event_type(event_type)
    request.universe.time_was_freed()
    return success(event_type_content(event_type))


async def delete(request: Request) -> Answer:
    """DELETE /v2/event-types/{id}: 200 with what was deleted."""
    event_type = own_event_type(request)
    del request.universe.directory.event_types[event_type.id]
    return success(
        {
            "id": event_type.id,
            "lengthInMinutes": event_type.length_minutes,
            "slug": event_type.slug,
            "title": event_type.title,
        }
    )


def _refuse_unfit(request: Request, spec: Mapping[str, Any], own_id: int | None) -> None:
    """Raise what Cal.com answers to a description that is well-formed but cannot be."""
    directory, owner = request.universe.directory, request.me().id
    twin = directory.event_type_of_slug(spec["slug"], owner_id=owner)
    if twin is not None and twin.id != own_id:
        raise bad_request("User already has an event type with this slug.")
    seats = spec.get("seats")
    if seats and not seats.get("disabled"):
        policy = spec.get("confirmationPolicy")
        if policy and not policy.get("disabled"):
            raise bad_request("Seats per time slot cannot be set together with a confirmation policy.")
        if len(spec.get("locations") or ()) > 1:
            raise bad_request("Seats per time slot cannot be set together with multiple locations.")
    schedule_id = spec.get("scheduleId")
    if schedule_id is not None:
        schedule = directory.schedules.get(schedule_id)
        if schedule is None or schedule.owner_id != owner:
            raise not_found(f"User with ID={owner} does not own schedule with ID={schedule_id}")


def own_event_type(request: Request) -> EventType:
    """Return the caller's event type of the id in the path; 404 when it is not theirs."""
    wanted = numeric(request.params["id"])
    found = request.universe.directory.event_types.get(wanted)
    if found is None or found.owner_id != request.me().id:
        raise not_found(f"Event type with id {wanted} not found")
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
