"""Incident A, 2025-10-06: one Cal.com booking, two appointments, two people (calls 687 and 688).

Hansi Sputer wanted Friday 10:15, heard that it was taken, and named 08:00. Thirty-four minutes later Hans Schuster
asked for the same 08:00. To Cal.com both were `termin@askproai.de`: it answered with the first booking and a 201.
The booking of call 682 (11:00, the evening before) belongs to incident B and is left out here: it changes no
answer that these two callers got.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from booking_core.domain.commands import Entry
from booking_core.profiles import Promise
from scenarios.incidents.facts import (
    BOOKED_687,
    BOOKED_688,
    BOOKING_OF_687,
    SKEW_S,
    THE_BOOKING_OF_687,
    THE_DAY,
    before,
    phone_calls,
    utc,
    world,
)
from scenarios.scenario import Case, Expectation, ExpectedAppointment, Record, Scenario, Settings

if TYPE_CHECKING:
    from scenarios.stage import Stage

_ROW_642 = ExpectedAppointment(642, 687, 342, BOOKING_OF_687)
_ROW_643 = ExpectedAppointment(643, 688, 338, BOOKING_OF_687)


async def play(stage: Stage) -> None:
    """Both calls, at the recorded instants of the gateway's clock."""
    sputer, schuster = stage.calls[687], stage.calls[688]
    first_wish = before(BOOKED_687, stage.seed, "first wish of 687", 20, 60)

    await stage.until(first_wish - timedelta(seconds=30))
    await stage.rings(sputer)
    await stage.until(first_wish)
    await stage.tries(sputer, THE_DAY, "10:15")
    await stage.until(BOOKED_687)
    await stage.books(sputer, THE_DAY, "08:00")

    await stage.until(before(BOOKED_688, stage.seed, "call 688 rings", 15, 60))
    await stage.rings(schuster)
    await stage.until(BOOKED_688)
    await stage.books(schuster, THE_DAY, "08:00")


def scenario() -> Scenario:
    """Calls 687 and 688 in every profile."""
    return Scenario(
        id="687-688",
        title="one booking, two appointments, two people",
        story="Cal.com answers Hans Schuster with Hansi Sputer's booking, 34 minutes old, as a 201.",
        starts_at=BOOKED_687 - timedelta(minutes=5),
        skew_s=SKEW_S,
        calls=phone_calls,
        world=world,
        play=play,
        cases=(*_before(), *_after()),
        record=Record(
            bookings=(THE_BOOKING_OF_687,),
            row_ids={"customers": (342, 338), "calls": (687, 688), "appointments": (642, 643)},
            rows_written={642: utc("2025-10-06T09:04:54Z"), 643: utc("2025-10-06T09:39:22Z")},
            ages={688: 2040.998},
        ),
    )


def _before() -> tuple[Case, ...]:
    unlinked = {687: None, 688: None}
    return (
        Case(
            Settings("unprotected"),
            Expectation(
                appointments=(_ROW_642, _ROW_643),
                statuses={687: "booked", 688: "booked"},
                links=unlinked,
                gets_through=frozenset({Promise.NO_DUPLICATE, Promise.NO_LOST_LINK, Promise.NO_FALSEHOOD}),
                said={688: "gebucht"},
            ),
            "Two people, one booking: Hans Schuster's appointment 643 stands on Hansi Sputer's booking.",
        ),
        Case(
            Settings("deployed"),
            Expectation(
                appointments=(_ROW_642,),
                statuses={687: "booked", 688: "booked"},
                links=unlinked,
                refused_by={688: 3},
                gets_through=frozenset({Promise.NO_LOST_LINK, Promise.NO_FALSEHOOD}),
                said={688: "gebucht"},
            ),
            "Layer 3 stops the row, not the falsehood: Hans Schuster hears „gebucht“ on Hansi Sputer's appointment.",
        ),
        Case(
            Settings("deployed", entry=Entry.AFTER_CALL),
            Expectation(
                appointments=(_ROW_642,),
                statuses={687: "booked", 688: "error"},
                links=unlinked,
                refused_by={688: 1},
                gets_through=frozenset({Promise.NO_LOST_LINK}),
            ),
            "Layer 1 refuses the old answer: no second row, and nobody finds out what the answer was.",
        ),
    )


def _after() -> tuple[Case, ...]:
    linked = {687: 642, 688: None}
    return (
        Case(
            Settings("recommended"),
            Expectation(
                appointments=(_ROW_642,),
                statuses={687: "booked", 688: "duplicate"},
                links=linked,
                refused_by={688: 1},
            ),
            "The old answer is resolved: another person's booking. Hans Schuster is offered other times.",
        ),
        Case(
            Settings("hardened"),
            Expectation(
                appointments=(_ROW_642,),
                statuses={687: "booked", 688: "unavailable"},
                links=linked,
            ),
            "With an attendee of his own Cal.com tells the truth, the slot is taken: Hans Schuster is offered others.",
        ),
    )
