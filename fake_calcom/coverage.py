"""What a suite has met of the fake: operation x status x fault x phase, and what it has never met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LOSSES = {"drop_after": "a lost answer", "drop_before": "a lost request", "reset": "a reset connection"}
WRITING_METHODS = frozenset(("POST", "PATCH", "PUT", "DELETE"))


class Meeting(NamedTuple):
    """One cell: an operation that answered a status (0: nothing) under a fault in a phase ("" for none)."""

    operation: str
    status: int
    fault: str
    phase: str


@dataclass(slots=True)
class Coverage:
    """Counts meetings. It outlives worlds and resets: it is about a suite, not about a state."""

    met: Counter[Meeting] = field(default_factory=Counter)

    def note(self, operation: str, status: int, fault: str, phase: str) -> None:
        """Count one meeting."""
        self.met[Meeting(operation, status, fault, phase)] += 1

    def add(self, other: Coverage) -> None:
        """Add what another fake has met, e.g. to sum up a suite."""
        self.met.update(other.met)

    def of(self, operation: str) -> list[dict[str, object]]:
        """Return the meetings of an operation as JSON values, in order."""
        return [
            {"status": m.status, "fault": m.fault or None, "phase": m.phase or None, "count": count}
            for m, count in sorted(self.met.items())
            if m.operation == operation
        ]

    def gaps(self, statuses: Mapping[str, Iterable[int]], writers: Iterable[str]) -> list[Meeting]:
        """Return what was never met: documented statuses of every operation, and losses on writing ones.

        statuses: the documented statuses by operation. writers: the operations that change something.
        """
        plain = {(m.operation, m.status) for m in self.met if not m.fault}
        lost = {(m.operation, m.fault) for m in self.met}
        return [
            *(
                Meeting(o, status, "", "")
                for o, known in statuses.items()
                for status in known
                if (o, status) not in plain
            ),
            *(Meeting(o, 0, fault, "") for o in writers for fault in LOSSES if (o, fault) not in lost),
        ]


def told(gap: Meeting) -> str:
    """Return a gap as a sentence, e.g. `your tests never met a lost answer on createBooking`."""
    what = LOSSES[gap.fault] if gap.fault else f"a {gap.status}"
    return f"your tests never met {what} on {gap.operation}"
