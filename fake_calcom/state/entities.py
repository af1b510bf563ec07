"""What a Cal.com deployment is made of, as plain values. Times are milliseconds since 1970 (UTC)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM_NOTICE_MINUTES = 120  # Cal.com's database default


class SchedulingType(Enum):
    """How a team event type shares its bookings among its hosts."""

    ROUND_ROBIN = "ROUND_ROBIN"
    COLLECTIVE = "COLLECTIVE"
    MANAGED = "MANAGED"


@dataclass(slots=True, frozen=True)
class User:
    """Somebody with an account: hosts, and callers with an API key."""

    id: int
    key: str
    name: str
    email: str
    username: str | None
    time_zone: str
    api_key: str
    api_key_expires_ms: int | None = None


@dataclass(slots=True, frozen=True)
class Team:
    """A team; `members` maps a user's id to a role (MEMBER, ADMIN, OWNER)."""

    id: int
    key: str
    name: str
    slug: str
    members: Mapping[int, str]


@dataclass(slots=True, frozen=True)
class Hours:
    """Working hours on some days of the week (Monday is 0), in minutes after the zone's midnight."""

    days: tuple[int, ...]
    start_minute: int
    end_minute: int


@dataclass(slots=True, frozen=True)
class Override:
    """Other hours on one date (`2030-01-08`); equal start and end close the day."""

    date: str
    start_minute: int
    end_minute: int


@dataclass(slots=True, frozen=True)
class Schedule:
    """When its owner works."""

    id: int
    owner_id: int
    name: str
    time_zone: str
    is_default: bool
    availability: tuple[Hours, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(slots=True, frozen=True)
class Host:
    """A host of a team event type. `group` splits a round robin: one host of each group is booked.

    `weight` is the host's share of a month's bookings beside the others of the group, where the type uses weights.
    """

    user_id: int
    is_fixed: bool = False
    priority: int = 2
    weight: int = 100
    group: str = ""


@dataclass(slots=True, frozen=True)
class Confirmation:
    """When a booking waits for its host: always, or only up to `threshold` whole units of `unit_ms` ahead."""

    threshold: int | None = None
    unit_ms: int = 1
    blocks_slot: bool = False


@dataclass(slots=True, frozen=True)
class Recurrence:
    """A series: `frequency` is `daily`, `weekly`, `monthly` or `yearly`."""

    frequency: str
    interval: int
    occurrences: int


@dataclass(slots=True, frozen=True)
class Seats:
    """Many attendees on one booking."""

    per_slot: int
    shows_attendees: bool = False
    shows_count: bool = True


@dataclass(slots=True, frozen=True)
class BookingField:
    """A question the booker answers."""

    slug: str
    type: str
    required: bool = False
    options: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(slots=True, frozen=True)
class BookingWindow:
    """How far ahead one may book: `calendarDays`, `businessDays` (with `days`), or `range` (with the dates)."""

    type: str
    days: int = 0
    rolling: bool = False
    dates: tuple[str, str] = ("", "")


@dataclass(slots=True, frozen=True)
class EventType:
    """What can be booked. `spec` is the API's own description of it, from which the rest was read."""

    id: int
    key: str
    owner_id: int | None
    team_id: int | None
    slug: str
    title: str
    length_minutes: int
    length_options: tuple[int, ...] = ()
    scheduling_type: SchedulingType | None = None
    hosts: tuple[Host, ...] = ()
    uses_weights: bool = False
    asks_free_mail: bool = False
    minimum_notice_minutes: int = MINIMUM_NOTICE_MINUTES
    slot_interval_minutes: int | None = None
    before_buffer_minutes: int = 0
    after_buffer_minutes: int = 0
    offset_start_minutes: int = 0
    schedule_id: int | None = None
    confirmation: Confirmation | None = None
    recurrence: Recurrence | None = None
    seats: Seats | None = None
    locations: tuple[Mapping[str, Any], ...] = ()
    booking_fields: tuple[BookingField, ...] = ()
    window: BookingWindow | None = None
    requires_authentication: bool = False
    price: int = 0
    only_first_slot: bool = False
    count_limits: Mapping[str, int] = field(default_factory=dict)
    duration_limits: Mapping[str, int] = field(default_factory=dict)
    active_limit: int | None = None
    mails_disabled: bool = False
    cancelling_disabled: bool = False
    verifies_email: bool = False
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_round_robin(self) -> bool:
        """Tell whether the hosts take turns."""
        return self.scheduling_type is SchedulingType.ROUND_ROBIN

    @property
    def is_team(self) -> bool:
        """Tell whether a team owns it."""
        return self.team_id is not None


@dataclass(slots=True, frozen=True)
class Reservation:
    """A slot set aside for a few minutes: it hides the slot and protects nothing."""

    uid: str
    event_type_id: int
    user_ids: tuple[int, ...]
    start_ms: int
    end_ms: int
    until_ms: int
    minutes: int


@dataclass(slots=True, frozen=True)
class Webhook:
    """A subscription of one user, or of one event type (`event_type_id`), set up in Cal.com's web application."""

    id: str
    user_id: int | None
    url: str
    triggers: tuple[str, ...]
    active: bool
    payload_template: str | None = None
    secret: str | None = None
    event_type_id: int | None = None
