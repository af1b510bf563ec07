"""When a user is free: their working hours less what they already have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fake_calcom.rules.ranges import Range, Ranges, covers, intersection, overlap, subtraction
from fake_calcom.rules.working_hours import working_ranges
from fake_calcom.state.bookings import ACCEPTED, PENDING
from fake_calcom.times import MS_PER_DAY, MS_PER_MINUTE

if TYPE_CHECKING:
    from fake_calcom.state.bookings import BookingStore, Row
    from fake_calcom.state.directory import Directory
    from fake_calcom.state.entities import EventType, Schedule

REMEMBERED_DAYS_MAX = 4096


class Question(NamedTuple):
    """For which event type somebody should be free, and whose booking (by number) is not in the way."""

    event_type: EventType
    ignored: int | None = None


class Availability:
    """Answers from the directory and the bookings; remembers days of working hours until they change."""

    def __init__(self, directory: Directory, bookings: BookingStore) -> None:
        self._directory = directory
        self._bookings = bookings
        self._days: dict[tuple[int, int], Ranges] = {}

    def forget_hours(self) -> None:
        """Drop remembered working hours; to be called when a schedule changes."""
        self._days.clear()

    def is_free(self, user_id: int, start_ms: int, end_ms: int, question: Question) -> bool:
        """Tell whether a user works through [start, end) and has nothing else then."""
        schedule = self._directory.schedule_for(user_id, question.event_type)
        if schedule is None or not covers(self._hours(schedule, start_ms, end_ms), start_ms, end_ms):
            return False
        busy = self.busy(user_id, start_ms, end_ms, question)
        return not busy or not any(overlap((start_ms, end_ms), other) for other in busy)

    def free_ranges(self, user_id: int, start_ms: int, end_ms: int, question: Question) -> Ranges:
        """Return when a user is free between two instants."""
        schedule = self._directory.schedule_for(user_id, question.event_type)
        if schedule is None:
            return ()
        hours = intersection(working_ranges(schedule, start_ms, end_ms), ((start_ms, end_ms),))
        return subtraction(hours, self.busy(user_id, start_ms, end_ms, question))

    def busy(self, user_id: int, start_ms: int, end_ms: int, question: Question) -> list[Range]:
        """Return what a user hosts or attends near [start, end), widened by the buffers of both bookings.

        Source: Cal.com, getBusyTimes: accepted bookings of every event type; pending ones only of the same
        event type when it blocks unconfirmed slots. A seated booking of the type with seats left is open.
        """
        event_type, found = question.event_type, list[Range]()
        reach_ms = self._directory.longest_buffers_ms(event_type)
        for row in self._bookings.overlapping(user_id, start_ms - reach_ms, end_ms + reach_ms):
            if row.number == question.ignored or not _blocks(row, event_type):
                continue
            other = self._directory.event_types.get(row.event_type_id)
            before = event_type.after_buffer_minutes + (other.before_buffer_minutes if other else 0)
            after = event_type.before_buffer_minutes + (other.after_buffer_minutes if other else 0)
            found.append((row.start_ms - before * MS_PER_MINUTE, row.end_ms + after * MS_PER_MINUTE))
        return found

    def _hours(self, schedule: Schedule, start_ms: int, end_ms: int) -> Ranges:
        day = start_ms // MS_PER_DAY
        if end_ms > (day + 1) * MS_PER_DAY:
            return working_ranges(schedule, start_ms, end_ms)
        key = (schedule.id, day)
        ranges = self._days.get(key)
        if ranges is None:
            if len(self._days) >= REMEMBERED_DAYS_MAX:
                self._days.clear()
            ranges = self._days[key] = working_ranges(schedule, day * MS_PER_DAY, (day + 1) * MS_PER_DAY)
        return ranges


def _blocks(row: Row, event_type: EventType) -> bool:
    same_type = row.event_type_id == event_type.id
    if row.status == PENDING:
        blocks = event_type.confirmation is not None and event_type.confirmation.blocks_slot
        return same_type and blocks
    if row.status != ACCEPTED:
        return False
    return not (same_type and event_type.seats and len(row.content()["attendees"]) < event_type.seats.per_slot)
