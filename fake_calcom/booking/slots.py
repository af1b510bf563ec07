"""Which slots an event type offers (source: Cal.com, getAvailableSlots).

Hosts' free time, put together by scheduling type, cut by notice and window, laid on the grid, less what is
reserved. A slot that is offered may be refused on booking, and a start off the grid may be booked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_calcom.booking.availability import Question
from fake_calcom.rules.booking_window import earliest_start_ms, window_ms
from fake_calcom.rules.ranges import Ranges, intersection, overlap
from fake_calcom.rules.slot_grid import slot_starts
from fake_calcom.state.bookings import ACCEPTED, Row
from fake_calcom.state.entities import SchedulingType
from fake_calcom.times import MS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.state.entities import EventType, Reservation
    from fake_calcom.universe import Universe


@dataclass(slots=True, frozen=True)
class SlotQuery:
    """Which slots are asked for; `ignored` is the number of a booking about to be moved."""

    event_type: EventType
    start_ms: int
    end_ms: int
    length_minutes: int
    time_zone: str = "UTC"
    ignored: int | None = None


@dataclass(slots=True, frozen=True)
class Slot:
    """One slot on offer; on a seated event type with the booking that already has it."""

    start_ms: int
    end_ms: int
    booking: Row | None = None


def open_slots(universe: Universe, query: SlotQuery) -> list[Slot]:
    """Return the slots on offer in order of start."""
    event_type, now_ms = query.event_type, universe.now_ms()
    first, last = window_ms(event_type.window, now_ms, query.time_zone)
    start_ms, end_ms = max(query.start_ms, first), min(query.end_ms, last)
    if start_ms >= end_ms:
        return []
    starts: set[int] | None = None
    for alternatives in _free_time(universe, query, start_ms, end_ms):
        found = {s for ranges in alternatives for s in _starts(query, ranges, now_ms)}
        starts = found if starts is None else starts & found
    length_ms = query.length_minutes * MS_PER_MINUTE
    reserved = _reserved(universe, event_type, now_ms)
    slots = [
        slot
        for start in sorted(starts or ())
        if (slot := _offer(universe, query.event_type, start, start + length_ms, reserved)) is not None
    ]
    return slots[:1] if event_type.only_first_slot else slots


def _free_time(universe: Universe, query: SlotQuery, start_ms: int, end_ms: int) -> list[list[Ranges]]:
    """Return, for each group of hosts of whom one is needed, the free time of each alternative."""
    event_type, directory = query.event_type, universe.directory
    question = Question(event_type, query.ignored)

    def free(user_id: int) -> Ranges:
        return universe.availability.free_ranges(user_id, start_ms, end_ms, question)

    if event_type.owner_id is not None:
        return [[free(event_type.owner_id)]]
    is_collective = event_type.scheduling_type is SchedulingType.COLLECTIVE
    required = [h for h in event_type.hosts if h.is_fixed or is_collective]
    common: Ranges = ((start_ms, end_ms),) if directory.host_ids(event_type) else ()
    for host in required:
        common = intersection(common, free(host.user_id))
    turns = [h for h in event_type.hosts if h not in required]
    groups = dict.fromkeys(h.group for h in turns)
    shared = [[intersection(common, free(h.user_id)) for h in turns if h.group == group] for group in groups]
    return shared or [[common]]


def _starts(query: SlotQuery, ranges: Ranges, now_ms: int) -> Iterable[int]:
    event_type = query.event_type
    return slot_starts(
        ranges,
        earliest_ms=earliest_start_ms(event_type, now_ms),
        length_minutes=query.length_minutes,
        step_minutes=event_type.slot_interval_minutes or query.length_minutes,
        time_zone=query.time_zone,
        offset_minutes=event_type.offset_start_minutes,
    )


def _reserved(universe: Universe, event_type: EventType, now_ms: int) -> list[Reservation]:
    """Return the unexpired reservations that involve any host of the event type."""
    hosts = set(universe.directory.host_ids(event_type))
    reservations = universe.directory.reservations.values()
    return [r for r in reservations if r.until_ms > now_ms and hosts.intersection(r.user_ids)]


def _offer(
    universe: Universe, event_type: EventType, start_ms: int, end_ms: int, reserved: list[Reservation]
) -> Slot | None:
    taken = sum(overlap((r.start_ms, r.end_ms), (start_ms, end_ms)) for r in reserved)
    if event_type.seats is None:
        return None if taken else Slot(start_ms, end_ms)
    booking = next((row for row in universe.bookings.of_slot(event_type.id, start_ms) if row.status == ACCEPTED), None)
    booked = len(booking.content()["attendees"]) if booking else 0
    return None if booked + taken >= event_type.seats.per_slot else Slot(start_ms, end_ms, booking)
