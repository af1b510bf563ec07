"""A story: a scenario as one row.

Who calls, when each wants which start, what happens at Cal.com meanwhile, what goes wrong, how every profile ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity, Promise
from scenarios.incidents.facts import THE_DAY, utc, world
from scenarios.scenario import Case, Expectation, ExpectedAppointment, Person, PhoneCall, Scenario, Settings

if TYPE_CHECKING:
    from scenarios.stage import Stage
    from simulator.adapters.http_faults import HttpRule

NOON = utc("2025-10-06T10:00:00.000Z")  # the Monday before the wished Friday, by the gateway's clock
ERIKA = Person("Erika Erste", "+493011111111")
ZACHARIAS = Person("Zacharias Zweiter", "+493022222222")


@dataclass(frozen=True, slots=True)
class Wish:
    """Call `call` wants a start, `at_s` seconds after the story begins; equal seconds are at the same time."""

    call: int
    at_s: float
    time: str = "09:00"
    day: str = THE_DAY
    entry: Entry | None = None  # None: the entry under test
    asks: bool = False  # only asks which times are free that day
    moves: bool = False  # would rather have this time for the appointment that the caller holds


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something that others do at Cal.com, `at_s` seconds after the story begins; before what is wished then."""

    at_s: float
    does: Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class End:
    """How it ends under a profile.

    `told` is each call's last status, `rows` (call, customer) of each appointment; `status` is that of all rows.
    `accepted` is how many of their bookings Cal.com has accepted; None: not stated.
    """

    profile: str
    told: tuple[str, ...]
    rows: tuple[tuple[int, int], ...]
    breaks: frozenset[Promise] = frozenset()
    entry: Entry = Entry.COLLECT
    identity: AttendeeIdentity | None = None
    lesson: str = ""
    status: str = "scheduled"
    accepted: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One row. Callers are numbered from 1 in the order in which they first ask; so are customers and rows."""

    id: str
    title: str
    callers: tuple[Person, ...]
    wishes: tuple[Wish, ...]
    ends: tuple[End, ...]
    rules: tuple[HttpRule, ...] = ()
    skew_s: float = 0.0
    world: Callable[[int], dict[str, Any]] = world
    generation: str | None = None
    meanwhile: tuple[Meanwhile, ...] = ()


def told_by(story: Story) -> Scenario:
    """The row as a scenario that can be replayed, explored and put into the matrix."""
    instants = [wish.at_s for wish in story.wishes]
    return Scenario(
        id=story.id,
        title=story.title,
        story=story.title[:1].upper() + story.title[1:] + ".",
        starts_at=NOON - timedelta(minutes=1),
        skew_s=story.skew_s,
        calls=partial(_calls, story.callers),
        world=story.world,
        play=_play(story),
        cases=tuple(_case(story, end) for end in story.ends),
        is_race=len(set(instants)) < len(instants),
        rules=story.rules,
        generation=story.generation,
    )


def _calls(callers: tuple[Person, ...], seed: int) -> Mapping[int, PhoneCall]:
    del seed  # nothing is left open
    return {number: PhoneCall(number, f"call_{number}", person) for number, person in enumerate(callers, start=1)}


def _play(story: Story) -> Callable[[Stage], Awaitable[None]]:
    async def play(stage: Stage) -> None:
        for at_s, together in groupby(_in_order(story), key=lambda step: step.at_s):
            steps = list(together)
            await stage.until(NOON + timedelta(seconds=at_s))
            for step in steps:
                if isinstance(step, Meanwhile):
                    await step.does(stage)
            await asyncio.gather(*(_ask(stage, step) for step in steps if isinstance(step, Wish)))

    return play


def _in_order(story: Story) -> list[Wish | Meanwhile]:
    """What callers and others do, by time."""
    return sorted([*story.meanwhile, *story.wishes], key=lambda step: step.at_s)


async def _ask(stage: Stage, wish: Wish) -> None:
    if wish.asks:
        await stage.asks_for_times(stage.calls[wish.call], wish.day)
        return
    if wish.moves:
        await stage.moves(stage.calls[wish.call], wish.day, wish.time)
        return
    await stage.books(stage.calls[wish.call], wish.day, wish.time, wish.entry)


def _case(story: Story, end: End) -> Case:
    expected = Expectation(
        appointments=tuple(ExpectedAppointment(None, call, customer, None, end.status) for call, customer in end.rows),
        statuses=dict(enumerate(end.told, start=1)),
        links={},
        gets_through=end.breaks,
        accepted=end.accepted,
    )
    return Case(Settings(end.profile, end.entry, end.identity), expected, end.lesson or story.title)
