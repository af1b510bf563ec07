"""What became of requests that were sent again: the only question that makes a lost answer dangerous.

Two creates have one intent when they ask for the same event type, start and booker; any other writing call when
its path and body are the same. A booking that was cancelled or declined in between is not repeated, but new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.times import parse_iso
from fake_calcom.wire import encode, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fake_calcom.journal import Entry

BOOKED_AGAIN, GIVEN_THE_FIRST, REFUSED = "booked again", "given the first", "refused"
ENDED = frozenset(("cancelled", "rejected"))
LOSING = frozenset(("drop_after", "reset", "truncate", "malformed_json", "status", "delay", "duplicate"))


@dataclass(slots=True, frozen=True)
class Retry:
    """One call that repeated an earlier, committed one. Numbers are the journal's.

    first_was_hidden: a fault kept the first call's true answer from its caller.
    """

    number: int
    first: int
    operation: str
    outcome: str
    first_was_hidden: bool
    bookings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the retry as JSON values."""
        return {
            "call": self.number,
            "repeats": self.first,
            "operation": self.operation,
            "outcome": self.outcome,
            "firstAnswerHidden": self.first_was_hidden,
            "bookings": list(self.bookings),
        }


@dataclass(slots=True)
class _First:
    entry: Entry
    uids: set[str]


def retries(entries: Iterable[Entry]) -> list[Retry]:
    """Return every repeat of a committed call, in the order in which they were sent."""
    return list(_walk(sorted(entries, key=lambda entry: entry.invoked)))


def duplicate_effects(entries: Iterable[Entry]) -> list[Retry]:
    """Return the repeats that booked a second time while the first booking stood."""
    return [retry for retry in retries(entries) if retry.outcome == BOOKED_AGAIN]


def intent(entry: Entry) -> bytes:
    """Return what makes two calls one wish."""
    body = readable(entry.body)
    wish = _booking_wish(body) if entry.operation.startswith("createBooking") and isinstance(body, dict) else body
    return encode([entry.operation, entry.path, wish])


def _booking_wish(body: dict[str, Any]) -> list[Any]:
    booker = body.get("attendee") or body.get("responses")
    contact = booker.get("email") or booker.get("phoneNumber") if isinstance(booker, dict) else booker
    named = [body.get(name) for name in ("eventTypeId", "eventTypeSlug", "username", "teamSlug")]
    return [*named, parse_iso(body.get("start")) or body.get("start"), contact]


def _walk(entries: list[Entry]) -> Iterator[Retry]:
    firsts: dict[bytes, _First] = {}
    for entry in entries:
        ended = {commit.uid for commit in entry.commits if commit.status in ENDED}
        for first in firsts.values():
            first.uids -= ended
        made = [commit.uid for commit in entry.commits if commit.kind == "insert"]
        if entry.method in ("GET", "HEAD", "OPTIONS"):
            continue
        wish = intent(entry)
        first_call = firsts.get(wish)
        if first_call is not None and first_call.uids:
            yield _retry(entry, first_call, made)
            first_call.uids.update(made)
        elif made:
            firsts[wish] = _First(entry, set(made))
            if entry.fault == "duplicate" and len(made) > 1:
                yield _retry(entry, firsts[wish], made)


def _retry(entry: Entry, first: _First, made: list[str]) -> Retry:
    outcome = BOOKED_AGAIN if made else GIVEN_THE_FIRST if entry.status < 400 else REFUSED
    bookings = tuple(sorted(first.uids | set(made)))
    hidden = first.entry.fault in LOSING
    return Retry(entry.number, first.entry.number, entry.operation, outcome, hidden, bookings)
