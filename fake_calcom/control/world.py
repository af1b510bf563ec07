"""Load a world: read the whole of it into a new directory first, so that a mistake changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fake_calcom.control.world_bookings import insert_bookings
from fake_calcom.control.world_shape import WORLD
from fake_calcom.dto.schedules import WORKING_DAYS, read_hours, read_override
from fake_calcom.dto.shape import first_path
from fake_calcom.dto.webhooks import webhook_of
from fake_calcom.errors import WorldError
from fake_calcom.state.entities import Host, Schedule, SchedulingType, Team, User
from fake_calcom.state.event_types import Ownership, read_event_type
from fake_calcom.times import parse_iso
from fake_calcom.universe import Universe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.directory import Directory

DEFAULT_ZONE = "Europe/London"  # the time zone that Cal.com gives a new account
ROLE = re.compile(r"(OWNER|ADMIN|MEMBER) of (\S+)")
ON_THE_PAGE_ONLY = ("isRRWeightsEnabled", "requiresConfirmationForFreeEmail")  # the API does not know them
EVENT_TYPE_ONLY = frozenset(
    ("key", "id", "owner", "team", "schedulingType", "hosts", "webhooks", "note", *ON_THE_PAGE_ONLY)
)
SMS_SLUG = re.compile(r"sms\d+")
SMS_FIELD = {"type": "phone", "slug": "smsReminderNumber", "required": True}


@dataclass(slots=True)
class WorldKeys:
    """What the tester's own names have become: ids, and API keys."""

    event_types: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the answer of `PUT /__fake__/world`."""
        return {"event_types": self.event_types, "users": self.users, "teams": self.teams}


def load_world(universe: Universe, world: Any) -> WorldKeys:
    """Forget everything and become this world; WorldError with the path of what is wrong, nothing changed.

    The clock is the caller's to set: a world's `clock` is checked here and read by whoever owns the clock.
    """
    if not isinstance(world, dict):
        raise WorldError("a world is an object", "")
    if problems := WORLD.problems(world):
        where, message = first_path(problems)
        raise WorldError(message, where)
    before = universe.position_of_ids()
    universe.restart_ids()
    scratch = Universe(universe.outside, universe.generation)
    reader = _Reader(scratch, scratch.directory)
    try:
        reader.read(world)
        insert_bookings(scratch, world.get("bookings") or [], reader.event_type_ids(), reader.user_ids())
    except WorldError:
        universe.rewind_ids(before)
        raise
    universe.replace_state(scratch.directory, scratch.bookings)
    universe.world = world
    return reader.keys


@dataclass(slots=True)
class _Reader:
    universe: Universe
    directory: Directory
    keys: WorldKeys = field(default_factory=WorldKeys)
    members: dict[str, dict[int, str]] = field(default_factory=dict)

    def read(self, world: Mapping[str, Any]) -> None:
        self._reserve_ids(world)
        self.directory.blocked_emails = frozenset(email.lower() for email in world.get("blockedEmails") or ())
        self.directory.free_mail_domains |= {domain.lower() for domain in world.get("freeEmailDomains") or ()}
        for index, user in enumerate(world.get("users") or ()):
            self._user(user, f"users[{index}]")
        for index, schedule in enumerate(world.get("schedules") or ()):
            self._schedule(schedule, f"schedules[{index}]")
        self._roles(world.get("roles") or {})
        self._teams(world.get("event_types") or ())
        for index, event_type in enumerate(world.get("event_types") or ()):
            self._event_type(event_type, f"event_types[{index}]")

    def event_type_ids(self) -> dict[str, int]:
        return {key: value["id"] for key, value in self.keys.event_types.items()}

    def user_ids(self) -> dict[str, int]:
        return {key: value["id"] for key, value in self.keys.users.items()}

    def _reserve_ids(self, world: Mapping[str, Any]) -> None:
        """Begin the numbers given out above every number that the world itself names."""
        kinds = (world.get(kind) or () for kind in ("users", "schedules", "event_types"))
        named = [int(item["id"]) for kind in kinds for item in kind if item.get("id") is not None]
        self.directory.next_id = max(named, default=0) + 1

    def _user(self, user: Mapping[str, Any], where: str) -> None:
        self._refuse_repeated(user["key"], self.keys.users, f"{where}.key")
        if self.directory.user_of_email(user["email"]) is not None:
            raise WorldError("another user has this e-mail", f"{where}.email")
        entity = User(
            id=self._id(user, self.directory.users, where),
            key=user["key"],
            name=user["name"],
            email=user["email"],
            username=user.get("username"),
            time_zone=user.get("timeZone") or DEFAULT_ZONE,
            api_key=user.get("apiKey") or self.universe.outside.ids.api_key(user["key"]),
            api_key_expires_ms=parse_iso(user.get("apiKeyExpiresAt")),
        )
        self.directory.add_user(entity)
        self.keys.users[entity.key] = {"id": entity.id, "api_key": entity.api_key}

    def _schedule(self, schedule: Mapping[str, Any], where: str) -> None:
        owner = self.directory.users[self._known_user(schedule["owner"], f"{where}.owner")]
        hours = schedule.get("availability")
        entity = Schedule(
            id=self._id(schedule, self.directory.schedules, where),
            owner_id=owner.id,
            name=schedule.get("name") or "Working hours",
            time_zone=schedule.get("timeZone") or owner.time_zone,
            is_default=bool(schedule.get("isDefault", True)),
            availability=(WORKING_DAYS,) if hours is None else tuple(read_hours(h) for h in hours),
            overrides=tuple(read_override(o) for o in schedule.get("overrides") or ()),
        )
        self.directory.schedules[entity.id] = entity

    def _roles(self, roles: Mapping[str, Any]) -> None:
        for key, value in roles.items():
            user_id = self._known_user(key, f"roles.{key}")
            for text in value if isinstance(value, list) else [value]:
                role = ROLE.fullmatch(text) if isinstance(text, str) else None
                if role is None:
                    raise WorldError("a role reads like 'OWNER of TEAM1' (OWNER, ADMIN or MEMBER)", f"roles.{key}")
                self.members.setdefault(role[2], {})[user_id] = role[1]

    def _teams(self, event_types: Any) -> None:
        for index, event_type in enumerate(event_types):
            if event_type.get("team") is None:
                continue
            members = self.members.setdefault(event_type["team"], {})
            for number, host in enumerate(event_type.get("hosts") or ()):
                where = f"event_types[{index}].hosts[{number}].user"
                members.setdefault(self._known_user(host["user"], where), "MEMBER")
        for key, members in self.members.items():
            team = Team(self.directory.new_id(), key, key, key.lower(), members)
            self.directory.teams[team.id] = team
            self.keys.teams[key] = {"id": team.id}

    def _event_type(self, given: Mapping[str, Any], where: str) -> None:
        self._refuse_repeated(given["key"], self.keys.event_types, f"{where}.key")
        owned = self._ownership(given, where)
        spec = with_implied_fields({name: v for name, v in given.items() if name not in EVENT_TYPE_ONLY})
        entity = read_event_type(owned, spec)
        twin = self.directory.event_type_of_slug(entity.slug, owner_id=entity.owner_id, team_id=entity.team_id)
        if twin is not None:
            raise WorldError("its owner has another event type with this slug", f"{where}.slug")
        self.directory.add_event_type(entity)
        self.keys.event_types[entity.key] = {"id": entity.id}
        for webhook in given.get("webhooks") or ():
            made = webhook_of(webhook, self.universe.outside.ids.uuid(), event_type_id=entity.id)
            self.directory.webhooks[made.id] = made

    def _ownership(self, given: Mapping[str, Any], where: str) -> Ownership:
        owner, team = given.get("owner"), given.get("team")
        if (owner is None) == (team is None):
            raise WorldError("an event type has either an owner or a team", where)
        kind = None if given.get("schedulingType") is None else SchedulingType(given["schedulingType"])
        if team is None and (kind is not None or given.get("hosts")):
            raise WorldError("only a team's event type has a schedulingType and hosts", where)
        weighs = bool(given.get("isRRWeightsEnabled"))
        if weighs and kind is not SchedulingType.ROUND_ROBIN:
            raise WorldError("only hosts who take turns (ROUND_ROBIN) have weights", f"{where}.isRRWeightsEnabled")
        return Ownership(
            id=self._id(given, self.directory.event_types, where),
            key=given["key"],
            owner_id=None if owner is None else self._known_user(owner, f"{where}.owner"),
            team_id=None if team is None else self.keys.teams[team]["id"],
            scheduling_type=kind,
            hosts=tuple(self._host(host) for host in given.get("hosts") or ()),
            uses_weights=weighs,
            asks_free_mail=bool(given.get("requiresConfirmationForFreeEmail")),
        )

    def _host(self, host: Mapping[str, Any]) -> Host:
        return Host(
            user_id=self.keys.users[host["user"]]["id"],
            is_fixed=bool(host.get("isFixed")),
            priority=2 if host.get("priority") is None else int(host["priority"]),
            weight=100 if host.get("weight") is None else int(host["weight"]),
            group=host.get("group") or "",
        )

    def _id(self, item: Mapping[str, Any], taken: Mapping[int, Any], where: str) -> int:
        if item.get("id") is None:
            return self.directory.new_id()
        number = int(item["id"])
        if number in taken:
            raise WorldError("another one has this id", f"{where}.id")
        return number

    def _known_user(self, key: str, where: str) -> int:
        if key not in self.keys.users:
            raise WorldError(f"no user has the key {key!r}", where)
        user_id: int = self.keys.users[key]["id"]
        return user_id

    @staticmethod
    def _refuse_repeated(key: str, taken: Mapping[str, Any], where: str) -> None:
        if key in taken:
            raise WorldError(f"the key {key!r} is used twice", where)


def with_implied_fields(spec: dict[str, Any]) -> dict[str, Any]:
    """Add the question that an SMS reminder brings with it, to an event type named after one.

    Cal.com adds a required phone question when a workflow texts the attendee; workflows have no place in a
    world, so a slug like `sms15` stands for an event type that has one.
    """
    fields = list(spec.get("bookingFields") or ())
    if not SMS_SLUG.fullmatch(spec["slug"]) or any(f.get("slug") == SMS_FIELD["slug"] for f in fields):
        return spec
    return spec | {"bookingFields": [*fields, SMS_FIELD]}
