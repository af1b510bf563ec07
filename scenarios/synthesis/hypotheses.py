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
from booking_core.profiles import AttendeeIdentity, profiles
from scenarios.incidents import facts
from scenarios.scenario import Person, PhoneCall, Record, RecordedBooking, Scenario, Settings
from scenarios.synthesis.logged import Logged, LoggedWish

if TYPE_CHECKING:
    from scenarios.stage import Stage

_LEAD = timedelta(minutes=5)
_BEFORE_THE_WISH = timedelta(seconds=5)


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
    """None at all, and the whole second nearest to none that the logged rows allow (else their exact bound)."""
    allowed = logged.skews_s()
    if allowed is None or allowed[0] < 0 <= allowed[1]:
        return (0.0,)
    low, high = allowed
    nearest = math.floor(low) + 1 if low >= 0 else math.floor(high)
    return (0.0, float(nearest) if low < nearest <= high else high)


def scenario_of(logged: Logged, hypothesis: Hypothesis) -> Scenario:
    """The logged calls in those circumstances, ready to be played."""

    def calls(seed: int) -> dict[int, PhoneCall]:
        return _phone_calls(logged, seed)

    def world(seed: int) -> dict[str, Any]:
        return _world(hypothesis.kind, seed)

    async def play(stage: Stage) -> None:
        for wish in sorted(logged.wishes, key=lambda wish: instant_of(logged, wish, hypothesis.skew_s)):
            await _play(stage, wish, instant_of(logged, wish, hypothesis.skew_s))

    first = min(instant_of(logged, wish, hypothesis.skew_s) for wish in logged.wishes)
    return Scenario(
        id="synthesis",
        title=logged.incident,
        story=logged.incident,
        starts_at=first - _LEAD,
        skew_s=hypothesis.skew_s,
        calls=calls,
        world=world,
        play=play,
        cases=(),
        record=_record(logged),
    )


def instant_of(logged: Logged, wish: LoggedWish, skew_s: float) -> datetime:
    """When the wish came by the gateway's clock: as its booking's `createdAt` tells, else the logged second."""
    booking = logged.booking_of(logged.call(wish.call))
    return wish.at if booking is None else booking.createdAt - timedelta(seconds=skew_s)


async def _play(stage: Stage, wish: LoggedWish, at: datetime) -> None:
    call = stage.calls[wish.call]
    await stage.until(at - 2 * _BEFORE_THE_WISH)
    await stage.rings(call)
    if wish.offered is not None:
        await stage.until(at - _BEFORE_THE_WISH)
        await stage.asks_for_times(call, wish.day)
    await stage.until(at)
    await stage.books(call, wish.day, wish.time)


def _phone_calls(logged: Logged, seed: int) -> dict[int, PhoneCall]:
    """Phone numbers are not logged: the seed makes them up, one a customer."""
    draw = random.Random(f"phones {seed}")
    customers = dict.fromkeys(call.customer_id for call in logged.calls)
    phones = {customer: f"+4930{draw.randrange(10**7, 10**8)}" for customer in customers}
    return {
        call.id: PhoneCall(call.id, call.retell_call_id, Person(call.name, phones[call.customer_id]))
        for call in logged.calls
    }


def _record(logged: Logged) -> Record:
    """Only the names of things: rows and bookings get the ids that were logged, in the order in which they came."""
    wished = [logged.call(wish.call) for wish in sorted(logged.wishes, key=lambda wish: wish.at)]
    ids = {
        "calls": tuple(dict.fromkeys(call.id for call in wished)),
        "customers": tuple(dict.fromkeys(call.customer_id for call in wished)),
        "appointments": tuple(row.id for row in logged.appointments),
    }
    bookings = tuple(RecordedBooking(b.uid, b.id, b.start, b.createdAt) for b in logged.bookings)
    return Record(bookings, {table: numbers for table, numbers in ids.items() if numbers})


def _world(kind: Kind, seed: int) -> dict[str, Any]:
    """The incidents' company, whose event type is of that kind."""
    world = facts.world(seed)
    if kind is Kind.ROUND_ROBIN:
        return world
    (event_type,) = world["event_types"]
    plain = {name: value for name, value in event_type.items() if name not in {"team", "schedulingType", "hosts"}}
    asks = {"confirmationPolicy": {"type": "always"}} if kind is Kind.NEEDS_CONFIRMATION else {}
    return {**world, "event_types": [{**plain, "owner": "HOST", **asks}], "roles": {}}
