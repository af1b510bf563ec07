"""Ids as they were recorded: a replay's rows and bookings get the numbers that the reports name.

What the record leaves open comes from the default sources; two recorded values never go to two things.
"""

from __future__ import annotations

import random
from collections import deque
from datetime import datetime

from fake_calcom.ids import SeededIds
from scenarios.scenario import Record

LARGEST_GAP = 40  # bookings that other customers of Cal.com made between two of ours: not recorded, drawn by the seed


class RecordedRowIds:
    """The gateway's ids: recorded row numbers first, then upwards from the largest."""

    def __init__(self, record: Record, seed: int) -> None:
        self._left = {table: deque(ids) for table, ids in record.row_ids.items()}
        self._last = {table: max(ids) for table, ids in record.row_ids.items()}
        self._keys = random.Random(f"attempt keys {seed}")

    def row_id(self, table: str) -> int | None:
        """The next recorded id of the table; None where nothing of it was recorded."""
        if table not in self._left:
            return None
        if self._left[table]:
            return self._left[table].popleft()
        self._last[table] += 1
        return self._last[table]

    def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:
        """A key that the seed decides."""
        del retell_call_id, starts_at
        return f"{self._keys.getrandbits(128):032x}"


class RecordedBookingIds:
    """Cal.com's ids: a booking's recorded uid goes to its recorded start, numbers go out in the recorded order."""

    def __init__(self, record: Record, seed: int) -> None:
        self._seeded = SeededIds(seed)
        self._uids = {booking.start: booking.uid for booking in record.bookings}
        self._numbers = deque(_numbers(record, seed))
        self.uuid = self._seeded.uuid
        self.request_id = self._seeded.request_id
        self.api_key = self._seeded.api_key

    def booking_id(self) -> int:
        """The number of the next booking."""
        return self._numbers.popleft() if self._numbers else self._seeded.booking_id()

    def booking_uid(self, organizer_username: str, start: datetime, now: datetime) -> str:
        """The recorded uid of a booking at that start, once; else as Cal.com derives it."""
        recorded = self._uids.pop(start, None)
        return recorded or self._seeded.booking_uid(organizer_username, start, now)


def _numbers(record: Record, seed: int) -> list[int]:
    """The bookings' numbers; one that was not recorded lies a little below the next recorded one."""
    draw = random.Random(f"booking numbers {seed}")
    numbers: list[int] = []
    following = None
    for booking in reversed(record.bookings):
        number = booking.number
        if number is None and following is not None:
            number = following - draw.randint(1, LARGEST_GAP)
        if number is None:
            return []
        numbers.insert(0, number)
        following = number
    return numbers
