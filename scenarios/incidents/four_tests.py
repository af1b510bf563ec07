"""The four test scenarios of the incident reports: each layer is the one that stops the second caller.

Two customers ask for one slot and are the same attendee to Cal.com (`shared`), so that the second gets the first's
booking: late enough to be stale; soon enough to be fresh; with Layers 1 and 2 off; with Layers 1 to 3 off.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, Promise
from scenarios.incidents.facts import THE_DAY, utc, world
from scenarios.scenario import (
    Case,
    Expectation,
    ExpectedAppointment,
    Person,
    PhoneCall,
    Record,
    Scenario,
    Settings,
)

if TYPE_CHECKING:
    from scenarios.stage import Stage

_FIRST_WISH = utc("2025-10-06T09:00:00.000Z")
_WISH = "09:00"


@dataclass(frozen=True, slots=True)
class _Test:
    """One of the four: how long after the first caller the second asks, what is off, which layer must stop it."""

    id: str
    title: str
    gap_s: int
    without: frozenset[Layer]
    stopped_by: Layer


_TESTS = (
    _Test("stale", "an answer of 35 seconds is stopped by Layer 1", 35, frozenset(), Layer.FRESHNESS),
    _Test(
        "call-id-mismatch", "a fresh answer of another call is stopped by Layer 2", 10, frozenset(), Layer.CALL_IDENTITY
    ),
    _Test(
        "layers-1-2-bypassed",
        "past Layers 1 and 2, the stored row stops it",
        35,
        frozenset({Layer.FRESHNESS, Layer.CALL_IDENTITY}),
        Layer.EXISTING_APPOINTMENT,
    ),
    _Test(
        "layers-1-3-bypassed",
        "past Layers 1 to 3, the unique key stops it",
        35,
        frozenset({Layer.FRESHNESS, Layer.CALL_IDENTITY, Layer.EXISTING_APPOINTMENT}),
        Layer.UNIQUE_BOOKING,
    ),
)


def scenarios() -> list[Scenario]:
    """All four."""
    return [_scenario(test) for test in _TESTS]


def _scenario(test: _Test) -> Scenario:
    return Scenario(
        id=test.id,
        title=test.title,
        story=f"A second customer asks for the same slot {test.gap_s} seconds after the first.",
        starts_at=_FIRST_WISH - timedelta(minutes=1),
        skew_s=0.0,
        calls=_calls,
        world=world,
        play=_play(test.gap_s),
        cases=_cases(test),
        record=Record(row_ids={"customers": (1, 2), "calls": (1, 2), "appointments": (1, 2)}),
    )


def _calls(seed: int) -> dict[int, PhoneCall]:
    del seed  # nothing is left open
    first = PhoneCall(1, "call_first", Person("Erika Erste", "+493011111111"))
    second = PhoneCall(2, "call_second", Person("Zacharias Zweiter", "+493022222222"))
    return {call.id: call for call in (first, second)}


def _play(gap_s: int) -> Callable[[Stage], Awaitable[None]]:
    return partial(_two_callers, gap_s)


async def _two_callers(gap_s: int, stage: Stage) -> None:
    await stage.until(_FIRST_WISH)
    await stage.books(stage.calls[1], THE_DAY, _WISH)
    await stage.until(_FIRST_WISH + timedelta(seconds=gap_s))
    await stage.books(stage.calls[2], THE_DAY, _WISH)


def _cases(test: _Test) -> tuple[Case, ...]:
    first, second = ExpectedAppointment(1, 1, 1, None), ExpectedAppointment(2, 2, 2, None)
    before = Case(
        Settings("unprotected"),
        Expectation(
            appointments=(first, second),
            statuses={1: "booked", 2: "booked"},
            links={1: None, 2: None},
            gets_through=frozenset(Promise),
        ),
        "Without a layer: two appointments on one booking.",
    )
    after = Case(
        Settings("hardened", identity=AttendeeIdentity.SHARED, without=test.without),
        Expectation(
            appointments=(first,),
            statuses={1: "booked", 2: "duplicate"},
            links={1: 1, 2: None},
            refused_by={2: int(test.stopped_by)},
        ),
        f"Layer {int(test.stopped_by)} turns the answer down.",
    )
    return (before, after)
