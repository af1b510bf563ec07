"""The caller's schedules, version 2024-06-11."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fake_calcom.dto.schedules import (
    CREATE_SCHEDULE,
    UPDATE_SCHEDULE,
    WORKING_DAYS,
    hours_content,
    override_content,
    read_hours,
    read_override,
)
from fake_calcom.dto.shape import refuse_listed
from fake_calcom.errors import not_found, refusal
from fake_calcom.handlers.views import numeric, object_body
from fake_calcom.state.entities import Schedule
from fake_calcom.wire import Answer, encode, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request


async def create(request: Request) -> Answer:
    """POST /v2/schedules: 201; without hours it is Monday to Friday, 9 to 17."""
    body = object_body(request)
    refuse_listed(CREATE_SCHEDULE, body)
    hours = body.get("availability")
    schedule = Schedule(
        id=request.universe.directory.new_id(),
        owner_id=request.me().id,
        name=body["name"],
        time_zone=body["timeZone"],
        is_default=body["isDefault"],
        availability=(WORKING_DAYS,) if hours is None else tuple(read_hours(h) for h in hours),
        overrides=tuple(read_override(o) for o in body.get("overrides") or ()),
    )
    _keep(request, schedule)
    answer = success(_content(schedule))
    answer.status = 201
    return answer


async def list_all(request: Request) -> Answer:
    """GET /v2/schedules."""
    return success([_content(schedule) for schedule in _mine(request)])


async def read_default(request: Request) -> Answer:
    """GET /v2/schedules/default: null without any."""
    schedule = request.universe.directory.schedule_for(request.me().id)
    return success(_content(schedule) if schedule else None)


async def read(request: Request) -> Answer:
    """GET /v2/schedules/{id}."""
    return success(_content(_own(request)))


async def update(request: Request) -> Answer:
    """PATCH /v2/schedules/{id}: what is given replaces what was."""
    schedule, body = _own(request), object_body(request)
    refuse_listed(UPDATE_SCHEDULE, body)
    hours, overrides = body.get("availability"), body.get("overrides")
    changed = replace(
        schedule,
        name=body.get("name") or schedule.name,
        time_zone=body.get("timeZone") or schedule.time_zone,
        is_default=schedule.is_default if body.get("isDefault") is None else body["isDefault"],
        availability=schedule.availability if hours is None else tuple(read_hours(h) for h in hours),
        overrides=schedule.overrides if overrides is None else tuple(read_override(o) for o in overrides),
    )
    _keep(request, changed)
    return success(_content(changed))


async def delete(request: Request) -> Answer:
    """DELETE /v2/schedules/{id}."""
    del request.universe.directory.schedules[_own(request).id]
    request.universe.hours_changed()
    return Answer(200, encode({"status": "success"}))


def _mine(request: Request) -> list[Schedule]:
    return [s for s in request.universe.directory.schedules.values() if s.owner_id == request.me().id]


def _own(request: Request) -> Schedule:
    wanted = numeric(request.params["id"])
    schedule = request.universe.directory.schedules.get(wanted)
    if schedule is None:
        raise not_found(f"Schedule with ID={wanted} does not exist.")
    if schedule.owner_id != request.me().id:
        raise refusal(403, f"User with ID={request.me().id} does not own schedule with ID={wanted}")
    return schedule


def _keep(request: Request, schedule: Schedule) -> None:
    """Store a schedule; a default one takes the place of the default before it."""
    schedules = request.universe.directory.schedules
    if schedule.is_default:
        for other in _mine(request):
            if other.id != schedule.id:
                schedules[other.id] = replace(other, is_default=False)
    schedules[schedule.id] = schedule
    request.universe.hours_changed()


def _content(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "ownerId": schedule.owner_id,
        "name": schedule.name,
        "timeZone": schedule.time_zone,
        "availability": [hours_content(hours) for hours in schedule.availability],
        "isDefault": schedule.is_default,
        "overrides": [override_content(override) for override in schedule.overrides],
    }
