"""What a scenario is: a world, a play, and what must have come of it for every case it states.

A new incident is one file that ends in one `Scenario(...)`, named in `registry.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, Profile, Promise, profiles
from booking_core.storage.engines import SqliteMode

MEMORY = "memory"
FILE_PREFIX = "file:"

if TYPE_CHECKING:
    from scenarios.stage import Stage
    from simulator.adapters.http_faults import HttpRule


@dataclass(frozen=True, slots=True)
class Settings:
    """What a replay can change. `skew_s`: seconds by which Cal.com's clock is ahead of the gateway's."""

    profile: str
    entry: Entry = Entry.COLLECT
    identity: AttendeeIdentity | None = None  # None: the profile's own
    without: frozenset[Layer] = frozenset()
    skew_s: float | None = None  # None: as recorded
    seed: int = 0
    database: str = MEMORY
    sqlite_mode: SqliteMode = SqliteMode.IMMEDIATE

    @property
    def on_server(self) -> bool:
        """Whether the rows go to a database server, where nothing can be simulated."""
        return self.database != MEMORY and not self.database.startswith(FILE_PREFIX)

    def effective_profile(self) -> Profile:
        """The profile with identity and layers as set."""
        profile = profiles()[self.profile].without(*self.without)
        return profile if self.identity is None else profile.with_identity(self.identity)

    @property
    def question(self) -> tuple[str, Entry, AttendeeIdentity | None, frozenset[Layer]]:
        """What a stated case answers; seed and database must not change the answer."""
        return (self.profile, self.entry, self.identity, self.without)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls; the phone number is what the record leaves open."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """One call: the number it got in the gateway's table, Retell's id, who calls, when the row was written."""

    id: int
    retell_call_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class ExpectedAppointment:
    """A recorded row; None where the record has no value."""

    id: int | None
    call_id: int
    customer_id: int
    booking_uid: str | None
    status: str = "scheduled"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must have come of a case. A mapping names only the calls it speaks of."""

    appointments: tuple[ExpectedAppointment, ...]
    statuses: Mapping[int, str]  # the last thing each call was told
    links: Mapping[int, int | None]  # calls.appointment_id
    refused_by: Mapping[int, int] = field(default_factory=dict)  # the layer that turned the answer down
    gets_through: frozenset[Promise] = frozenset()  # what this case is known to break
    said: Mapping[int, str] = field(default_factory=dict)  # a part of what the call was told
    accepted: int | None = None  # how many bookings of these calls Cal.com has accepted in the end; None: not stated


@dataclass(frozen=True, slots=True)
class Case:
    """Settings that a scenario runs by itself, what they must end in, and a sentence about it."""

    settings: Settings
    expectation: Expectation
    lesson: str


@dataclass(frozen=True, slots=True)
class RecordedBooking:
    """What the record says of a Cal.com booking; `number` None: not recorded."""

    uid: str
    number: int | None
    start: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What was written down when it happened; ids are handed out in this order, the rest is checked."""

    bookings: tuple[RecordedBooking, ...] = ()
    row_ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    rows_written: Mapping[int, datetime] = field(default_factory=dict)  # appointment -> whole second, gateway's clock
    ages: Mapping[int, float] = field(default_factory=dict)  # call -> age of the answer, seconds, gateway's clock


@dataclass(frozen=True, slots=True)
class Scenario:
    """A program that replays something. `world` and `play` get what the seed decides through the stage."""

    id: str
    title: str
    story: str
    starts_at: datetime  # the gateway's clock
    skew_s: float
    calls: Callable[[int], Mapping[int, PhoneCall]]
    world: Callable[[int], dict[str, Any]]
    play: Callable[[Stage], Awaitable[None]]
    cases: tuple[Case, ...]
    record: Record = field(default_factory=Record)
    is_race: bool = False  # the end depends on the order, so that cases are stated for plain order only
    rules: tuple[HttpRule, ...] = ()  # what goes wrong between retell, gateway and calcom.test
    generation: str | None = None  # Cal.com at a date; None: as in October 2025

    def case(self, settings: Settings) -> Case | None:
        """The stated case for these settings, if the scenario states one and nothing else was changed."""
        if settings.skew_s not in {None, self.skew_s} or (self.is_race and settings.on_server):
            return None
        return next((case for case in self.cases if case.settings.question == settings.question), None)
