"""Incident B, 2025-10-05 and -06: a call that lost its appointment (calls 682 and 766).

Hansi Hinterseher booked Friday 11:00 in the evening and called again twenty hours later for the same slot. Cal.com
answered with the first booking; Layer 3 found appointment 640, and nobody linked call 766 to it. Incident A's
booking of call 687 lies between them (one timeline), so 29 of the day's 32 starts were free.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from booking_core.domain.commands import Entry
from booking_core.profiles import Promise
from scenarios.incidents.facts import (
    BOOKED_682,
    BOOKED_687,
    BOOKED_766,
    BOOKING_OF_682,
    BOOKING_OF_687,
    CALL_ROW_682,
    CALL_ROW_766,
    SKEW_S,
    THE_BOOKING_OF_682,
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

_ROW_640 = ExpectedAppointment(640, 682, 340, BOOKING_OF_682)
_ROW_642 = ExpectedAppointment(642, 687, 342, BOOKING_OF_687)
_SECOND_ROW = ExpectedAppointment(None, 766, 340, BOOKING_OF_682)  # its id was not recorded
_SENTENCE = "Sie haben bereits einen Termin am 10.10.2025 um 11:00 Uhr."


async def play(stage: Stage) -> None:
    """Calls 682 and 766, and call 687's booking between them."""
    first, sputer, again = stage.calls[682], stage.calls[687], stage.calls[766]

    await stage.until(CALL_ROW_682)
    await stage.rings(first)
    await stage.until(BOOKED_682)
    await stage.books(first, THE_DAY, "11:00")

    first_wish = before(BOOKED_687, stage.seed, "first wish of 687", 20, 60)
    await stage.until(first_wish)
    await stage.tries(sputer, THE_DAY, "10:15")
    await stage.until(BOOKED_687)
    await stage.books(sputer, THE_DAY, "08:00")

    await stage.until(CALL_ROW_766)
    await stage.rings(again)
    await stage.until(BOOKED_766 - timedelta(seconds=5))
    await stage.asks_for_times(again, THE_DAY)
    await stage.until(BOOKED_766)
    await stage.books(again, THE_DAY, "11:00")


def scenario() -> Scenario:
    """Calls 682 and 766 in every profile."""
    return Scenario(
        id="682-766",
        title="a call that lost its appointment",
        story="Cal.com answers call 766 with the caller's own booking of the evening before; nobody links the call.",
        starts_at=CALL_ROW_682 - timedelta(minutes=5),
        skew_s=SKEW_S,
        calls=phone_calls,
        world=world,
        play=play,
        cases=(*_before(), *_after()),
        record=Record(
            bookings=(
                THE_BOOKING_OF_682,
                THE_BOOKING_OF_687,
            ),
            row_ids={"customers": (340, 342), "calls": (682, 687, 766), "appointments": (640, 642)},
            rows_written={640: utc("2025-10-05T20:22:07Z"), 642: utc("2025-10-06T09:04:54Z")},
            ages={766: 71977.815},
        ),
    )


def _before() -> tuple[Case, ...]:
    unlinked = {682: None, 687: None, 766: None}
    return (
        Case(
            Settings("unprotected"),
            Expectation(
                appointments=(_ROW_640, _ROW_642, _SECOND_ROW),
                statuses={682: "booked", 766: "booked"},
                links=unlinked,
                gets_through=frozenset({Promise.NO_DUPLICATE, Promise.NO_LOST_LINK}),
            ),
            "The repeat becomes a second appointment on the same booking.",
        ),
        Case(
            Settings("deployed"),
            Expectation(
                appointments=(_ROW_640, _ROW_642),
                statuses={682: "booked", 766: "booked"},
                links=unlinked,
                refused_by={766: 3},
                gets_through=frozenset({Promise.NO_LOST_LINK}),
                said={766: "gebucht"},
            ),
            "The recorded bug: call 766 hears „gebucht“ and its appointment_id stays NULL.",
        ),
        Case(
            Settings("deployed", entry=Entry.AFTER_CALL),
            Expectation(
                appointments=(_ROW_640, _ROW_642),
                statuses={682: "booked", 766: "error"},
                links=unlinked,
                refused_by={766: 1},
                gets_through=frozenset({Promise.NO_LOST_LINK}),
            ),
            "Layer 1 refuses the caller's own booking: an error, though the appointment stands.",
        ),
    )


def _after() -> tuple[Case, ...]:
    linked = {682: 640, 687: 642, 766: 640}
    return (
        Case(
            Settings("recommended"),
            Expectation(
                appointments=(_ROW_640, _ROW_642),
                statuses={682: "booked", 766: "existing"},
                links=linked,
                refused_by={766: 1},
                said={766: _SENTENCE},
            ),
            "The old answer is the caller's own appointment: linked, and said so.",
        ),
        Case(
            Settings("hardened"),
            Expectation(
                appointments=(_ROW_640, _ROW_642),
                statuses={682: "booked", 766: "existing"},
                links=linked,
                said={766: _SENTENCE},
            ),
            "Cal.com refuses the slot; the caller holds it already: linked, and said so.",
        ),
    )
