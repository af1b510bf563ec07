"""The journal: every request and its answer, in order, in a ring of bounded length."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.retries import BOOKED_AGAIN, Retry, retries
from fake_calcom.routing import normal_path
from fake_calcom.times import iso
from fake_calcom.verdicts import Wish, refuse_count, refuse_order, unexpected, wish
from fake_calcom.wire import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fake_calcom.commits import Commit
    from fake_calcom.wire import Answer, Call

KEPT_MAX = 10_000


class Entry(NamedTuple):
    """One request and its answer; `status` is 0 when nothing was answered.

    invoked_ms and answered_ms are on the fake's clock. invoked and answered are the same two moments in the one
    order of all beginnings and ends of calls, which tells who was in flight with whom even while time is frozen.
    """

    number: int
    operation: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    invoked_ms: int
    answered_ms: int
    status: int
    answer_headers: Mapping[str, str]
    answer_body: bytes
    fault: str
    phase: str
    commits: tuple[Commit, ...]
    invoked: int
    answered: int

    @property
    def path(self) -> str:
        """Return the path without its query."""
        return normal_path(self.target)[0]

    def as_json(self) -> dict[str, Any]:
        """Return the entry as JSON values; bodies as JSON where they are, as text otherwise."""
        return {
            "number": self.number,
            "operation": self.operation,
            "request": {
                "method": self.method,
                "target": self.target,
                "headers": dict(self.headers),
                "body": readable(self.body),
            },
            "response": {
                "status": self.status,
                "headers": dict(self.answer_headers),
                "body": readable(self.answer_body),
            },
            "invokedAt": iso(self.invoked_ms),
            "answeredAt": iso(self.answered_ms),
            "fault": {"effect": self.fault, "phase": self.phase} if self.fault else None,
            "commits": [commit.as_json() for commit in self.commits],
        }


class Noted(NamedTuple):
    """What the fake knows of a call besides its bytes; fault and phase are "" when nothing went wrong."""

    operation: str
    invoked_ms: int
    answered_ms: int
    fault: str = ""
    phase: str = ""
    commits: tuple[Commit, ...] = ()
    invoked: int = 0


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which entries are meant; None leaves a condition out. `subset` must be found in the request's body."""

    method: str | None = None
    path: str | None = None
    status: int | None = None
    since_ms: int | None = None
    subset: Any = None

    def holds(self, entry: Entry) -> bool:
        """Tell whether an entry is meant."""
        return (
            (self.method is None or entry.method == self.method.upper())
            and (self.path is None or entry.path == self.path.rstrip("/"))
            and (self.status is None or entry.status == self.status)
            and (self.since_ms is None or entry.invoked_ms >= self.since_ms)
            and (self.subset is None or is_subset(self.subset, readable(entry.body)))
        )


class Journal:
    """The ring. Writing costs the same however long it is; reading decodes."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept_max)
        self._written = self._moments = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def clear(self) -> None:
        """Forget every entry and count from one again."""
        self._entries.clear()
        self._written = self._moments = 0

    def next_moment(self) -> int:
        """Return the next place in the order of beginnings and ends."""
        self._moments += 1
        return self._moments

    def write(self, call: Call, answer: Answer, noted: Noted) -> None:
        """Write one request and its answer."""
        self._written += 1
        self._entries.append(
            Entry(
                self._written,
                noted.operation,
                call.method,
                call.target,
                call.headers,
                call.body,
                noted.invoked_ms,
                noted.answered_ms,
                answer.status,
                answer.headers,
                answer.body,
                noted.fault,
                noted.phase,
                noted.commits,
                noted.invoked,
                self.next_moment(),
            )
        )

    def select(self, wanted: Wanted) -> list[Entry]:
        """Return the entries meant, oldest first."""
        return [entry for entry in self._entries if wanted.holds(entry)]

    # -- verdicts

    def verify(self, operation: str | None = None, count: int = 1, where: Mapping[str, Any] | None = None) -> None:
        """Raise VerdictError, with the near misses, unless exactly `count` such calls were made (see `Wish`)."""
        refuse_count(tuple(self._entries), wish(operation, where), count)

    def never(self, operation: str | None = None, where: Mapping[str, Any] | None = None) -> None:
        """Raise VerdictError when such a call was made."""
        self.verify(operation, 0, where)

    def in_order(self, *wanted: Wish | str) -> None:
        """Raise VerdictError unless such calls were made one after the other; a text is an operation."""
        refuse_order(tuple(self._entries), [wish(one) if isinstance(one, str) else one for one in wanted])

    def unexpected(self, *expected: Wish | str) -> list[Entry]:
        """Return the calls that none of these means."""
        return unexpected(self._entries, [wish(one) if isinstance(one, str) else one for one in expected])

    def retries(self) -> list[Retry]:
        """Return what became of every call that repeated a committed one."""
        return retries(self._entries)

    def duplicate_effects(self) -> list[Retry]:
        """Return the repeats that booked a second time while the first booking stood."""
        return [retry for retry in self.retries() if retry.outcome == BOOKED_AGAIN]


def is_subset(wanted: Any, given: Any) -> bool:
    """Tell whether every member of `wanted` is in `given`: objects by member, lists item by item."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(k in given and is_subset(v, given[k]) for k, v in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(given, list)
            and len(given) >= len(wanted)
            and all(is_subset(w, g) for w, g in zip(wanted, given, strict=False))
        )
    return bool(wanted == given) and isinstance(wanted, bool) == isinstance(given, bool)
