"""Which event type a request means, and whether its caller may book it at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.errors import bad_request, not_found, refusal
from fake_calcom.state.entities import SchedulingType

if TYPE_CHECKING:
    from fake_calcom.booking.request import BookingRequest, EventTypeName
    from fake_calcom.state.entities import EventType, User
    from fake_calcom.universe import Universe

LOGIN_NEEDED = (
    "checkBookingRequiresAuthentication - request must be authenticated by passing credentials belonging to event "
    "type owner, host or team or org admin or owner."
)
LOGIN_WRONG = (
    "checkBookingRequiresAuthentication - user is not authorized to access this event type. User has to be either "
    "event type owner, host, team admin or owner or org admin or owner."
)


def find_event_type(universe: Universe, name: EventTypeName) -> EventType:
    """Return the event type that a booking names; 404 with Cal.com's sentence when there is none."""
    if name.id is not None:
        event_type = universe.directory.event_types.get(name.id)
        if event_type is None:
            raise not_found(f"Event type with id {name.id} not found.")
        return event_type
    if name.organization_slug:
        raise not_found(f"slots-input.service.ts: Organization with slug {name.organization_slug} not found")
    slug = name.slug or ""
    owner = find_owner(universe, name)
    event_type = universe.directory.event_type_of_slug(slug, owner_id=owner[0], team_id=owner[1])
    if event_type is None:
        whose = f"user {name.username}" if owner[0] is not None else f"team {name.team_slug}"
        raise not_found(f"Event type with slug {slug} belonging to {whose} not found.")
    return event_type


def find_owner(universe: Universe, name: EventTypeName) -> tuple[int | None, int | None]:
    """Return the id of the user or of the team that a slug belongs to; 404 when unknown."""
    if name.username:
        user = universe.directory.user_of_username(name.username)
        if user is None:
            raise not_found(f"User with username {name.username} not found")
        return user.id, None
    team = universe.directory.team_of_slug(name.team_slug or "")
    if team is None:
        raise not_found(f"Team with slug {name.team_slug} not found")
    return None, team.id


def refuse_unbookable(universe: Universe, event_type: EventType, request: BookingRequest, caller: User | None) -> None:
    """Raise what Cal.com answers before it looks at the booking itself, in its order."""
    if event_type.requires_authentication:
        if caller is None:
            raise refusal(401, LOGIN_NEEDED)
        if not universe.directory.may_manage(caller.id, event_type):
            raise refusal(403, LOGIN_WRONG)
    if event_type.scheduling_type is SchedulingType.MANAGED:
        raise bad_request(
            f"Event type with id={event_type.id} is the parent managed event type that can't be booked. You have to "
            "provide the child event type id aka id of event type that has been assigned to one of the users."
        )
    if event_type.is_team and not event_type.hosts and universe.generation.refuses_empty_teams:
        raise refusal(
            422,
            "Can't book this team event type because it has no hosts. Please, add at least 1 host to event type with "
            f"id={event_type.id} belonging to team with id={event_type.team_id} and try again.",
        )
    if request.instant and not event_type.is_team:
        raise bad_request("Instant bookings are only supported for team event types, not individual user event types.")
