"""Who and what there is besides bookings: users, teams, schedules, event types, reservations, webhooks."""

from __future__ import annotations

import hashlib
from copy import copy
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from fake_calcom.times import MS_PER_MINUTE

if TYPE_CHECKING:
    from fake_calcom.state.entities import EventType, Reservation, Schedule, Team, User, Webhook

ADMINISTRATORS = frozenset(("ADMIN", "OWNER"))
FREE_MAIL = frozenset(("", "gmail.com", "outlook.com"))  # what Cal.com knows without its list


@dataclass(slots=True)
class Directory:
    """The entities by id, and the look-ups by a person's own names.

    `blocked_emails` are the addresses that the deployment lets nobody book with, `free_mail_domains` those that
    anybody can have an address at; both in lower case.
    """

    users: dict[int, User] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    event_types: dict[int, EventType] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    blocked_emails: frozenset[str] = frozenset()
    free_mail_domains: frozenset[str] = FREE_MAIL
    next_id: int = 1
    _longest_buffer_minutes: int = 0
    _user_of_email: dict[str, int] = field(default_factory=dict)
    _user_of_key: dict[bytes, int] = field(default_factory=dict)

    def fork(self) -> Directory:
        """Return a directory with the same entities; entities are never changed, so they are shared."""
        twin = copy(self)
        for name in (f.name for f in fields(self) if isinstance(getattr(self, f.name), dict)):
            setattr(twin, name, dict(getattr(self, name)))
        return twin

    def new_id(self) -> int:
        """Return a number that no entity of this directory has."""
        taken = (self.users, self.teams, self.schedules, self.event_types)
        while any(self.next_id in kind for kind in taken):
            self.next_id += 1
        self.next_id += 1
        return self.next_id - 1

    def add_user(self, user: User) -> None:
        """Add a user and make them findable by e-mail and API key."""
        self.users[user.id] = user
        self._user_of_email[user.email] = user.id
        self._user_of_key[digest_of_key(user.api_key)] = user.id

    def user_of_email(self, email: str) -> int | None:
        """Return the id of the user with exactly this e-mail, or None."""
        return self._user_of_email.get(email)

    def is_free_mail(self, email: str) -> bool:
        """Tell whether anybody can have an address at its domain (source: Cal.com, checkIfFreeEmailDomain)."""
        return email.partition("@")[2].lower() in self.free_mail_domains

    def user_of_key(self, api_key: str) -> User | None:
        """Return the owner of an API key, or None. Keys are found by digest, so timing tells nothing."""
        user_id = self._user_of_key.get(digest_of_key(api_key))
        return None if user_id is None else self.users[user_id]

    def user_of_username(self, username: str) -> User | None:
        """Return the user of this name, or None."""
        return next((u for u in self.users.values() if u.username == username), None)

    def team_of_slug(self, slug: str) -> Team | None:
        """Return the team of this slug, or None."""
        return next((t for t in self.teams.values() if t.slug == slug), None)

    def event_type_of_slug(
        self, slug: str, *, owner_id: int | None = None, team_id: int | None = None
    ) -> EventType | None:
        """Return an owner's or team's event type of this slug, or None."""
        return next(
            (
                e
                for e in self.event_types.values()
                if e.slug == slug and e.owner_id == owner_id and e.team_id == team_id
            ),
            None,
        )

    def schedule_for(self, user_id: int, event_type: EventType | None = None) -> Schedule | None:
        """Return the schedule a user's hours come from: the event type's own one, or their default."""
        if event_type is not None and event_type.schedule_id is not None:
            own = self.schedules.get(event_type.schedule_id)
            if own is not None and own.owner_id == user_id:
                return own
        first = None
        for schedule in self.schedules.values():
            if schedule.owner_id == user_id:
                if schedule.is_default:
                    return schedule
                first = first or schedule
        return first

    def add_event_type(self, event_type: EventType) -> None:
        """Add an event type, or put it in the place of the one with its id."""
        self.event_types[event_type.id] = event_type
        self._longest_buffer_minutes = max(
            self._longest_buffer_minutes, event_type.before_buffer_minutes, event_type.after_buffer_minutes
        )

    def longest_buffers_ms(self, event_type: EventType) -> int:
        """Return how far from its own times a booking of any type can be in this type's way."""
        own = max(event_type.before_buffer_minutes, event_type.after_buffer_minutes)
        return (own + self._longest_buffer_minutes) * MS_PER_MINUTE

    def host_ids(self, event_type: EventType) -> tuple[int, ...]:
        """Return the users who host an event type: its owner, or the team's hosts."""
        if event_type.owner_id is not None:
            return (event_type.owner_id,)
        return tuple(host.user_id for host in event_type.hosts)

    def administers(self, user_id: int, event_type: EventType) -> bool:
        """Tell whether this user owns the event type or administers its team."""
        if event_type.team_id is None:
            return event_type.owner_id == user_id
        return self.teams[event_type.team_id].members.get(user_id) in ADMINISTRATORS

    def may_manage(self, user_id: int, event_type: EventType) -> bool:
        """Tell whether this user hosts the event type or administers it."""
        return user_id in self.host_ids(event_type) or self.administers(user_id, event_type)

    def is_related(self, user_id: int, event_type: EventType) -> bool:
        """Tell whether this user owns, hosts or administers the event type, or shares a team with its owner."""
        if self.may_manage(user_id, event_type):
            return True
        owner = event_type.owner_id
        teams = [t for t in self.teams.values() if user_id in t.members]
        return any(t.id == event_type.team_id or owner in t.members for t in teams)


def digest_of_key(api_key: str) -> bytes:
    """Return the digest under which a key is kept (source: Cal.com keeps SHA-256 of its keys)."""
    return hashlib.sha256(api_key.encode(errors="surrogatepass")).digest()
