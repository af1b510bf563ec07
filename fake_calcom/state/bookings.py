"""The store of bookings: the answer of each as JSON bytes, beside a small tuple of facts and the indexes.

A booking is encoded once, when it is written; a read copies bytes. Facts are kept as plain tuples of plain
values, which the garbage collector stops walking: a create and a point read cost the same at 10^6 bookings
as at 10^3. A row's number is its place in the commit order, and never changes.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.state.many import Many
from fake_calcom.times import MS_PER_DAY, MS_PER_HOUR
from fake_calcom.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ACCEPTED, PENDING, CANCELLED, REJECTED = "accepted", "pending", "cancelled", "rejected"
AWAITING_HOST = "awaiting_host"
LIVE = frozenset((ACCEPTED, PENDING, AWAITING_HOST))


class Row(NamedTuple):
    """One stored booking. `answer` is what the API shows, `hidden` what it keeps to itself (or None)."""

    number: int
    id: int
    uid: str
    event_type_id: int
    start_ms: int
    end_ms: int
    status: str
    host_id: int
    created_ms: int
    updated_ms: int
    series_uid: str | None
    unique_key: str | None
    answer: bytes
    hidden: bytes | None = None

    def content(self) -> dict[str, Any]:
        """Return a fresh copy of the answer as JSON values."""
        content: dict[str, Any] = decode(self.answer)
        return content

    def names(self) -> set[str]:
        """Return the attendees' names."""
        return {attendee["name"] for attendee in self.content()["attendees"]}

    def secrets(self) -> dict[str, Any]:
        """Return a fresh copy of what the answer does not show: phones of a series, the room's address."""
        secrets: dict[str, Any] = decode(self.hidden) if self.hidden else {}
        return secrets


START, END = Row._fields.index("start_ms"), Row._fields.index("end_ms")


STRETCH_MS = 2 * MS_PER_HOUR  # a day of a busy host holds a hundred bookings, two hours hold a handful


def _stretches(start_ms: int, end_ms: int) -> range:
    """Return the stretches of time that [start, end] touches."""
    return range(start_ms // STRETCH_MS, end_ms // STRETCH_MS + 1)


class BookingStore:
    """Every booking, with the indexes that keep each question independent of their number."""

    def __init__(self, user_of_email: Callable[[str], int | None]) -> None:
        self._user_of_email = user_of_email
        self._rows: dict[int, tuple[Any, ...]] = {}
        self._number_of_uid: dict[str, int] = {}
        self._number_of_key: dict[str, int] = {}
        self._number_of_seat: dict[str, int] = {}
        self._of_slot: Many[tuple[int, int]] = Many()  # event type, start; live rows only
        self._of_stretch: Many[tuple[int, int]] = Many()  # user, stretch of time; live rows only
        self._of_turn: Many[tuple[int, int]] = Many()  # event type, host; see `_takes_place`
        self._of_share: Many[tuple[int, int, int]] = Many()  # event type, user, day made; see `_takes_place`
        self._of_user: Many[int] = Many()
        self._of_event_type: Many[int] = Many()
        self._of_email: Many[str] = Many()
        self._of_series: Many[str] = Many()
        self.on_commit: Callable[[str, str, str], None] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return (Row._make(values) for values in self._rows.values())

    def __contains__(self, uid: object) -> bool:
        return uid in self._number_of_uid

    # -- writing

    def insert(self, row: Row, content: dict[str, Any] | None = None) -> Row:
        """Write a new booking and return it with its number; its key must be free (see `holder_of_key`).

        `content` is the row's answer before it was encoded, for a caller who has it at hand.
        """
        assert row.unique_key is None or row.unique_key not in self._number_of_key, "the key was checked before"
        row = Row._make((len(self._rows) + 1, *row[1:]))  # `_replace` takes three times as long
        self._number_of_uid[row.uid] = row.number
        if row.series_uid is not None:
            self._of_series.add(row.series_uid, row.number)
        self._of_event_type.add(row.event_type_id, row.number)
        self._write(row, row.content() if content is None else content)
        self._tell("insert", row)
        return row

    def update(self, row: Row, content: dict[str, Any], **facts: Any) -> Row:
        """Write a booking anew: its answer, and the facts named. Return the row as it now is."""
        current = Row._make(self._rows[row.number])
        self._forget(current)
        row = current._replace(answer=encode(content), **facts)
        self._write(row, content)
        self._tell("update", row)
        return row

    def _tell(self, kind: str, row: Row) -> None:
        if self.on_commit is not None:
            self.on_commit(kind, row.uid, row.status)

    def fork(self, user_of_email: Callable[[str], int | None]) -> BookingStore:
        """Return a store with the same bookings; what is written to one is not in the other."""
        twin = BookingStore(user_of_email)
        for name, held in vars(self).items():
            if isinstance(held, (dict, Many)):
                setattr(twin, name, held.copy())
        return twin

    def _write(self, row: Row, content: dict[str, Any]) -> None:
        self._rows[row.number] = tuple(row)
        if row.unique_key is not None:
            self._number_of_key[row.unique_key] = row.number
        emails, seats = _attendance(content)
        for seat in seats:
            self._number_of_seat[seat] = row.number
        for email in emails:
            self._of_email.add(email, row.number)
        people = self._people(row, emails)
        for user_id in people:
            self._of_user.add(user_id, row.number)
        if row.status not in LIVE:
            return
        self._of_slot.add((row.event_type_id, row.start_ms), row.number)
        stretches = _stretches(row.start_ms, row.end_ms)
        for user_id in people:
            for stretch in stretches:
                self._of_stretch.add((user_id, stretch), row.number)
        if _takes_place(row, content):
            self._of_turn.add((row.event_type_id, row.host_id), row.number)
            for user_id in people:
                self._of_share.add((row.event_type_id, user_id, row.created_ms // MS_PER_DAY), row.number)

    def _forget(self, row: Row) -> None:
        """Take a row out of every index that its next state may no longer belong to."""
        if row.unique_key is not None:
            self._number_of_key.pop(row.unique_key, None)
        emails, seats = _attendance(row.content())
        for seat in seats:
            self._number_of_seat.pop(seat, None)
        people = self._people(row, emails)
        self._of_slot.remove((row.event_type_id, row.start_ms), row.number)
        self._of_turn.remove((row.event_type_id, row.host_id), row.number)
        for email in emails:
            self._of_email.remove(email, row.number)
        for user_id in people:
            self._of_share.remove((row.event_type_id, user_id, row.created_ms // MS_PER_DAY), row.number)
            self._of_user.remove(user_id, row.number)
            for stretch in _stretches(row.start_ms, row.end_ms):
                self._of_stretch.remove((user_id, stretch), row.number)

    def _people(self, row: Row, emails: Iterable[str]) -> set[int]:
        people = {row.host_id}
        for email in emails:
            user_id = self._user_of_email(email)
            if user_id is not None:
                people.add(user_id)
        return people

    # -- reading

    def by_uid(self, uid: str) -> Row | None:
        """Return the booking of this uid, or None."""
        number = self._number_of_uid.get(uid)
        return None if number is None else Row._make(self._rows[number])

    def latest(self, most: int) -> Iterator[Row]:
        """Yield the bookings made last, newest first, no more than so many."""
        return (Row._make(values) for values in islice(reversed(self._rows.values()), most))

    def holder_of_key(self, key: str) -> int | None:
        """Return the number of the booking that holds a unique key, or None when it is free."""
        return self._number_of_key.get(key)

    def by_seat(self, seat_uid: str) -> Row | None:
        """Return the booking that this seat belongs to, or None."""
        number = self._number_of_seat.get(seat_uid)
        return None if number is None else Row._make(self._rows[number])

    def of_series(self, series_uid: str) -> list[Row]:
        """Return a series in order of start; empty when there is none of this uid."""
        return sorted(self._all(self._of_series.get(series_uid)), key=lambda row: row.start_ms)

    def of_attendance(self, event_type_id: int, start_ms: int, email: str) -> Iterator[Row]:
        """Yield the live bookings of an event type and start with this attendee, oldest first."""
        numbers = self._of_slot.get((event_type_id, start_ms))
        return self._all([number for number in numbers if self._of_email.holds(email, number)])

    def of_slot(self, event_type_id: int, start_ms: int) -> Iterator[Row]:
        """Yield the live bookings of an event type that start at this instant, oldest first."""
        return self._all(self._of_slot.get((event_type_id, start_ms)))

    def overlapping(self, user_id: int, start_ms: int, end_ms: int) -> list[Row]:
        """Return the live bookings a user hosts or attends that share an instant with [start, end), each once."""
        first, last = start_ms // STRETCH_MS, end_ms // STRETCH_MS
        numbers: Iterable[int] = self._of_stretch.get((user_id, first))
        if first != last:
            parts = [self._of_stretch.get((user_id, part)) for part in range(first, last + 1)]
            numbers = sorted({number for part in parts for number in part})
        near = map(self._rows.__getitem__, numbers)  # only those that matter become a Row
        return [Row._make(values) for values in near if values[START] < end_ms and start_ms < values[END]]

    def last_turn(self, event_type_id: int, host_id: int) -> tuple[int, int]:
        """Return when the last booking of the type that this host holds was made, and its number; (0, 0): never.

        Accepted ones count whose host and at least one attendee came, or have yet to come.
        """
        numbers = self._of_turn.get((event_type_id, host_id))
        return (Row._make(self._rows[numbers[-1]]).created_ms, numbers[-1]) if numbers else (0, 0)

    def share(self, event_type_id: int, user_id: int, days: range) -> int:
        """Return how many bookings of a type, made on these days since 1970, a user hosts or attends.

        The same bookings count as for `last_turn`.
        """
        return sum(len(self._of_share.get((event_type_id, user_id, day))) for day in days)

    def of_user(self, user_id: int) -> Iterator[Row]:
        """Yield every booking a user hosts or attends."""
        return self._all(self._of_user.get(user_id))

    def of_event_type(self, event_type_id: int) -> Iterator[Row]:
        """Yield every booking of an event type."""
        return self._all(self._of_event_type.get(event_type_id))

    def of_email(self, email: str) -> Iterator[Row]:
        """Yield every booking with this attendee."""
        return self._all(self._of_email.get(email))

    def numbers_of_email(self, email: str) -> frozenset[int]:
        """Return the numbers of the bookings with this attendee."""
        return frozenset(self._of_email.get(email))

    def _all(self, numbers: Iterable[int]) -> Iterator[Row]:
        rows = self._rows
        return (Row._make(rows[number]) for number in numbers)


def _takes_place(row: Row, content: dict[str, Any]) -> bool:
    """Tell whether a booking counts for its host's turn: accepted, host and somebody there (or not marked yet)."""
    if row.status != ACCEPTED or content.get("absentHost"):
        return False
    return not all(attendee.get("absent") for attendee in content["attendees"])


def _attendance(content: dict[str, Any]) -> tuple[set[str], list[str]]:
    """Return the e-mails and the seats of a booking's attendees."""
    emails: set[str] = set()
    seats: list[str] = []
    for attendee in content["attendees"]:
        emails.add(attendee["email"])
        if "seatUid" in attendee:
            seats.append(attendee["seatUid"])
    return emails, seats
