"""Teams and their event types, every version; read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import not_found, refusal
from fake_calcom.handlers.event_types import event_type_content
from fake_calcom.handlers.views import numeric
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.state.directory import Directory
    from fake_calcom.state.entities import EventType, Team


async def list_all(request: Request) -> Answer:
    """GET /v2/teams: the caller's teams."""
    teams = request.universe.directory.teams.values()
    return success([_content(team) for team in teams if request.me().id in team.members])


async def read(request: Request) -> Answer:
    """GET /v2/teams/{teamId}."""
    return success(_content(_own_team(request)))


async def list_event_types(request: Request) -> Answer:
    """GET /v2/teams/{teamId}/event-types."""
    directory, team = request.universe.directory, _own_team(request)
    slug = request.query.one("eventSlug")
    of_team = [e for e in directory.event_types.values() if e.team_id == team.id]
    return success([team_event_type_content(directory, e) for e in of_team if slug is None or e.slug == slug])


async def read_event_type(request: Request) -> Answer:
    """GET /v2/teams/{teamId}/event-types/{id}."""
    directory, team, wanted = request.universe.directory, _own_team(request), numeric(request.params["id"])
    event_type = directory.event_types.get(wanted)
    if event_type is None or event_type.team_id != team.id:
        raise not_found(f"Event type with id {wanted} not found")
    return success(team_event_type_content(directory, event_type))


def _own_team(request: Request) -> Team:
    wanted = numeric(request.params["teamId"])
    team = request.universe.directory.teams.get(wanted)
    if team is None:
        raise not_found(f"Team with id {wanted} not found")
    if request.me().id not in team.members:
        raise refusal(
            403, f"RolesGuard - User with id={request.me().id} is not a member of the team with id={team.id}."
        )
    return team


def _content(team: Team) -> dict[str, Any]:
    return {"id": team.id, "name": team.name, "slug": team.slug, "isOrganization": False, "parentId": None}


def team_event_type_content(directory: Directory, event_type: EventType) -> dict[str, Any]:
    """Return a team's event type: the description, the way of sharing, and the hosts."""
    kind = event_type.scheduling_type
    hosts = [
        {
            "userId": host.user_id,
            "name": directory.users[host.user_id].name,
            "username": directory.users[host.user_id].username,
            "mandatory": host.is_fixed,
            "priority": {0: "lowest", 1: "low", 2: "medium", 3: "high", 4: "highest"}[host.priority],
        }
        for host in event_type.hosts
    ]
    own = {
        "ownerId": None,
        "teamId": event_type.team_id,
        "hosts": hosts,
        "schedulingType": {"ROUND_ROBIN": "roundRobin", "COLLECTIVE": "collective", "MANAGED": "managed"}[kind.value]
        if kind
        else None,
    }
    return event_type_content(event_type) | own
