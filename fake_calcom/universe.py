"""One deployment of Cal.com: its state, its time, its identifiers, and what it has sent out.

A `FakeCalcom` has one universe; nothing is shared between two. Everything a use case needs is here, and
nothing here knows of HTTP.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fake_calcom.booking.availability import Availability
from fake_calcom.commits import CommitLog
from fake_calcom.outbox import Outbox
from fake_calcom.ports import RewindableIds
from fake_calcom.rate_limit import RateLimit
from fake_calcom.state.bookings import BookingStore
from fake_calcom.state.directory import Directory
from fake_calcom.times import to_datetime, to_ms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from fake_calcom.generations import Generation
    from fake_calcom.ports import Clock, IdSource, RaceWindow, WebhookSender

UID_TRIES_MAX = 1000


class OneTurn:
    """The default race window: one turn of the event loop, so that requests in flight can overtake."""

    async def between_check_and_insert(self, operation: str) -> None:  # noqa: ARG002 - all are alike
        """Let every other ready task run once."""
        await asyncio.sleep(0)


@dataclass(slots=True, frozen=True)
class Surroundings:
    """What a universe is given from outside."""

    clock: Clock
    ids: IdSource
    window: RaceWindow
    sender: WebhookSender
    calls_max: int | None


@dataclass(slots=True)
class Universe:
    """The whole of one deployment."""

    outside: Surroundings
    generation: Generation
    directory: Directory = field(init=False)
    bookings: BookingStore = field(init=False)
    availability: Availability = field(init=False)
    outbox: Outbox = field(init=False)
    rate_limit: RateLimit = field(init=False)
    slot_answers: dict[str, tuple[int, int, bytes]] = field(init=False)
    commits: CommitLog = field(default_factory=CommitLog)
    world: Mapping[str, Any] = field(default_factory=dict)
    _ids_at_start: Mapping[str, Any] | None = field(init=False)
    _now: datetime | None = None
    _now_ms: int = 0

    def __post_init__(self) -> None:
        self._ids_at_start = self.position_of_ids()
        self.outbox = Outbox(self.outside.sender, self.now_ms)
        self.rate_limit = RateLimit(self.outside.calls_max)
        self.replace_state(Directory())

    def replace_state(self, directory: Directory, bookings: BookingStore | None = None) -> None:
        """Forget everything and begin with these entities and bookings."""
        self.directory = directory
        self.bookings = BookingStore(directory.user_of_email) if bookings is None else bookings
        self.bookings.on_commit = self.commits.note
        self.availability = Availability(directory, self.bookings)
        self.slot_answers = {}
        self.outbox.clear()
        self.rate_limit.clear()

    def hours_changed(self) -> None:
        """Drop everything remembered that came from a schedule."""
        self.availability.forget_hours()
        self.slot_answers.clear()

    def fork(self, outside: Surroundings | None = None) -> Universe:
        """Return a universe in the same state that goes its own way from here, in other surroundings if given."""
        twin = Universe(outside or self.outside, self.generation)
        twin.take_over(self)
        return twin

    def take_over(self, other: Universe) -> None:
        """Become as another is now; what changes in one from here on does not change the other."""
        directory = other.directory.fork()
        self.replace_state(directory, other.bookings.fork(directory.user_of_email))
        self.generation, self.world, self.slot_answers = other.generation, other.world, dict(other.slot_answers)
        self.rate_limit.resume(other.rate_limit.counts())
        self.outbox.resume(other.outbox)

    def restart_ids(self) -> None:
        """Go back to the first identifiers, so that one world gives one history; a replay's source goes on."""
        self.rewind_ids(self._ids_at_start)

    def position_of_ids(self) -> Mapping[str, Any] | None:
        """Return where the identifiers are, or None for a source that cannot go back."""
        ids = self.outside.ids
        return ids.checkpoint() if isinstance(ids, RewindableIds) else None

    def rewind_ids(self, position: Mapping[str, Any] | None) -> None:
        """Go to a position of the identifiers; ValueError when it is none. A replay's source stays where it is."""
        if position is not None and isinstance(self.outside.ids, RewindableIds):
            self.outside.ids.rewind(position)

    def now_ms(self) -> int:
        """Return the present instant in milliseconds since 1970."""
        now = self.outside.clock.now()
        if now is not self._now:  # a call asks eight times, and a frozen clock answers with one and the same object
            self._now, self._now_ms = now, to_ms(now)
        return self._now_ms

    def time_was_freed(self) -> None:
        """Drop the remembered slot answers, as every write does that gives time back.

        Cal.com remembers slots for two seconds, so that a slot which was just booked is still offered. A slot
        that was just given back is offered at once: that is what Cal.com's own tests expect of a cancel.
        """
        self.slot_answers.clear()

    def new_booking_uid(self, organizer_username: str, start_ms: int, now_ms: int) -> str:
        """Return a uid that no booking has.

        Cal.com's uid depends on organizer, start and the millisecond: two bookings made at one frozen
        instant would share it, so the second is derived as if made a millisecond later, and so on.
        """
        for later in range(UID_TRIES_MAX):
            uid = self.outside.ids.booking_uid(organizer_username, to_datetime(start_ms), to_datetime(now_ms + later))
            if uid not in self.bookings:
                return uid
        raise AssertionError(f"the source of ids gave {UID_TRIES_MAX} uids that are all taken; the last: {uid}")
