"""GET /v2/me, and the health of the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request


async def read(request: Request) -> Answer:
    """Return the caller's own profile."""
    user = request.me()
    schedule = request.universe.directory.schedule_for(user.id)
    return success(
        {
            "id": user.id,
            "email": user.email,
            "timeFormat": 12,
            "defaultScheduleId": schedule.id if schedule else None,
            "weekStart": "Sunday",
            "timeZone": user.time_zone,
            "username": user.username,
            "organizationId": None,
        }
    )


async def health(request: Request) -> Answer:  # noqa: ARG001 - every handler takes the request
    """GET /health: the bare text."""
    return Answer(200, b"OK", {"Content-Type": "text/html; charset=utf-8"})
