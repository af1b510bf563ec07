"""Two callers want one slot in the same second.

To Cal.com they are the same attendee when the identity is `shared`: both get one and the same booking, both answers
are seconds old, and between Layer 3's look and the insert there is room for the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from booking_core.profiles import AttendeeIdentity
from scenarios.incidents.facts import THE_DAY, utc, world
from scenarios.scenario import Case, Expectation, ExpectedAppointment, Person, PhoneCall, Scenario, Settings

if TYPE_CHECKING:
    from scenarios.stage import Stage

_BOTH_ASK = utc("2025-10-06T09:00:00.000Z")
_FIRST = Person("Erika Erste", "+493011111111")
_SECOND = Person("Zacharias Zweiter", "+493022222222")


def scenarios() -> list[Scenario]:
    """Two different people, and one person on two lines."""
    return [
        _scenario("two-callers", "two people want one slot in the same second", _SECOND, duplicate="duplicate"),
        _scenario("one-caller-twice", "one person calls twice in the same second", _FIRST, duplicate="existing"),
    ]


def _scenario(scenario_id: str, title: str, second: Person, duplicate: str) -> Scenario:
    return Scenario(
        id=scenario_id,
        title=title,
        story="Both ask for 09:00 at once; Cal.com and the database decide in some order.",
        starts_at=_BOTH_ASK - timedelta(minutes=1),
        skew_s=0.0,
        calls=partial(_calls, second),
        world=world,
        play=_play(),
        cases=(_in_plain_order(duplicate),),
        is_race=True,
    )


def _calls(second: Person, seed: int) -> Mapping[int, PhoneCall]:
    del seed  # nothing is left open
    return {1: PhoneCall(1, "call_first", _FIRST), 2: PhoneCall(2, "call_second", second)}


def _play() -> Callable[[Stage], Awaitable[None]]:
    async def both_at_once(stage: Stage) -> None:
        await stage.until(_BOTH_ASK)
        await asyncio.gather(*(stage.books(stage.calls[number], THE_DAY, "09:00") for number in (1, 2)))

    return both_at_once


def _in_plain_order(duplicate: str) -> Case:
    """What the replay shows; `slotproof explore` goes through the other orders."""
    return Case(
        Settings("hardened", identity=AttendeeIdentity.SHARED),
        Expectation(appointments=(ExpectedAppointment(None, 1, 1, None),), statuses={2: duplicate}, links={}),
        "The first to reach Cal.com holds the slot; the other hears the truth.",
    )
