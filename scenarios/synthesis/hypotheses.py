"""What may have been the case: the circumstances that a search goes through, and the scenario of each."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity, Defences, profiles
from scenarios.incidents import facts
from scenarios.scenario import Person, PhoneCall, Record, RecordedBooking, Scenario, Settings
from scenarios.synthesis.logged import Logged, LoggedWish

if TYPE_CHECKING:
    from scenarios.stage import Stage

_LEAD = timedelta(minutes=5)
_BEFORE_THE_WISH = timedelta(seconds=5)
_TAKEN_BEFORE = timedelta(days=1)


class Kind(StrEnum):
    """The kind of Cal.com's event type."""

    PLAIN = "plain"
    NEEDS_CONFIRMATION = "needs confirmation"
    ROUND_ROBIN = "round robin"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One set of circumstances. `skew_s`: seconds by which Cal.com's clock was ahead of the gateway's."""

    skew_s: float
    identity: AttendeeIdentity
    kind: Kind
    profile: str
    entry: Entry
    seed: int = 0

    def settings(self) -> Settings:
        """The same as settings of a replay."""
        return Settings(self.profile, entry=self.entry, identity=self.identity, skew_s=self.skew_s, seed=self.seed)


def every_setting(skew_s: float) -> Iterator[Hypothesis]:
    """Every combination for one skew, the innocent ones first."""
    names = reversed(profiles())
    identities = (AttendeeIdentity.PER_CALL, AttendeeIdentity.PER_CUSTOMER, AttendeeIdentity.SHARED)
    for profile, identity, kind, entry in itertools.product(names, identities, Kind, Entry):
        yield Hypothesis(skew_s, identity, kind, profile, entry)


def skews(logged: Logged) -> tuple[float, ...]:
    """None at all, and the whole second nearest to none that the logged instants allow (else their exact bound)."""
    allowed = logged.skews_s() or logged.skews_by_wishes_s()
    if allowed is None or allowed[0] < 0 <= allowed[1]:
        return (0.0,)
    low, high = allowed
    nearest = math.floor(low) + 1 if low >= 0 else math.floor(high)
    return (0.0, float(nearest) if low < nearest <= high else high)


def other_skews(logged: Logged) -> tuple[float, ...]:
    """What else the clocks may have shown, one value either way: just outside what the rows allow.

    Where the rows say nothing, so far apart that a layer could see it: a second more than counts as fresh.
    """
    allowed = logged.skews_s()
    if allowed is None:
        not_fresh_s = Defences().threshold_s + 1
        return (-not_fresh_s, not_fresh_s)
    return (round(allowed[0], 3), round(allowed[1] + 1, 3))


@dataclass(frozen=True, slots=True)
class Turn:
    """One wish and when it came by the gateway's clock; the last of its call is the one that is booked after it."""

    at: datetime
    wish: LoggedWish
    is_first: bool
    is_last: bool


def turns(logged: Logged, hypothesis: Hypothesis) -> list[Turn]:
    """All wishes as they are played, those of one call in the order in which they were logged."""
    found: list[Turn] = []
    for call in logged.calls:
        wishes = logged.wishes_of(call.id)
        instants = itertools.accumulate(_instants(logged, wishes, hypothesis), max)
        found += (
            Turn(at, wish, wish is wishes[0], wish is wishes[-1]) for at, wish in zip(instants, wishes, strict=True)
        )
    return sorted(found, key=lambda turn: turn.at)


def _instants(logged: Logged, wishes: list[LoggedWish], hypothesis: Hypothesis) -> list[datetime]:
    """As a booking's `createdAt` tells of the wish that made it, else as logged, else drawn by the seed."""
    found: list[datetime] = []
    for wish in reversed(wishes):
        booking = logged.booking_by(wish)
        if booking is not None:
            at = booking.createdAt - timedelta(seconds=hypothesis.skew_s)
        elif wish.at is not None:
            at = logged.answered_at(wish) or wish.at
        else:
            at = facts.before(found[0], hypothesis.seed, f"wish {wish.day} {wish.time} of {wish.call}", 20, 60)
        found.insert(0, at)
    return found


def scenario_of(logged: Logged, hypothesis: Hypothesis) -> Scenario:
    """The logged calls in those circumstances, ready to be played."""
    program = turns(logged, hypothesis)
    starts_at = program[0].at - _LEAD

    def calls(seed: int) -> dict[int, PhoneCall]:
        return _phone_calls(logged, seed)

    def world(seed: int) -> dict[str, Any]:
        return _event_type_of(hypothesis.kind) | {"bookings": _taken(logged, seed, starts_at - _TAKEN_BEFORE)}

    async def play(stage: Stage) -> None:
        for turn in program:
            await _play(stage, turn)

    return Scenario(
        id="synthesis",
        title=logged.incident,
        story=logged.incident,
        starts_at=starts_at,
        skew_s=hypothesis.skew_s,
        calls=calls,
        world=world,
        play=play,
        cases=(),
        record=_record(logged, program),
    )


async def _play(stage: Stage, turn: Turn) -> None:
    wish, call = turn.wish, stage.calls[turn.wish.call]
    if turn.is_first:
        await stage.until(turn.at - 2 * _BEFORE_THE_WISH)
        await stage.rings(call)
    if wish.offered is not None:
        await stage.until(turn.at - _BEFORE_THE_WISH)
        await stage.asks_for_times(call, wish.day)
    await stage.until(turn.at)
    wants = stage.books if turn.is_last else stage.tries
    await wants(call, wish.day, wish.time)


def _phone_calls(logged: Logged, seed: int) -> dict[int, PhoneCall]:
    """Phone numbers are not logged: the seed makes them up, one a customer."""
    draw = random.Random(f"phones {seed}")
    customers = dict.fromkeys(call.customer_id for call in logged.calls)
    phones = {customer: f"+4930{draw.randrange(10**7, 10**8)}" for customer in customers}
    return {
        call.id: PhoneCall(call.id, call.retell_call_id, Person(call.name, phones[call.customer_id]))
        for call in logged.calls
    }


def _record(logged: Logged, program: list[Turn]) -> Record:
    """Only the names of things: rows and bookings get the ids that were logged, in the order in which they came."""
    wished = [logged.call(turn.wish.call) for turn in program]
    ids = {
        "calls": tuple(dict.fromkeys(call.id for call in wished)),
        "customers": tuple(dict.fromkeys(call.customer_id for call in wished)),
        "appointments": tuple(row.id for row in logged.appointments),
    }
    bookings = tuple(RecordedBooking(b.uid, b.id, b.start, b.createdAt) for b in logged.bookings)
    return Record(bookings, {table: numbers for table, numbers in ids.items() if numbers})


def _event_type_of(kind: Kind) -> dict[str, Any]:
    """The incidents' company, whose event type is of that kind."""
    world = facts.company()
    if kind is Kind.ROUND_ROBIN:
        return world
    (event_type,) = world["event_types"]
    plain = {name: value for name, value in event_type.items() if name not in {"team", "schedulingType", "hosts"}}
    asks = {"confirmationPolicy": {"type": "always"}} if kind is Kind.NEEDS_CONFIRMATION else {}
    return {**world, "event_types": [{**plain, "owner": "HOST", **asks}], "roles": {}}


def _taken(logged: Logged, seed: int, made_at: datetime) -> list[dict[str, Any]]:
    """The bookings of which only the start was logged; whose they were is made up, their numbers are nobody's."""
    (event_type,) = facts.company()["event_types"]
    logged_numbers = {booking.id for booking in logged.bookings}
    numbers = (number for number in itertools.count(1) if number not in logged_numbers)
    return [
        {
            "eventType": event_type["key"],
            "id": next(numbers),
            "start": taken.start.isoformat(),
            "createdAt": made_at.isoformat(),
            "attendee": {"name": "Somebody", "email": f"somebody-{seed}@example.com", "timeZone": "Europe/Berlin"},
            "metadata": {},
        }
        for taken in logged.taken
    ]
