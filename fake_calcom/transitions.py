"""What becomes of a pending booking by itself: nothing, or it is confirmed at once, after reads, or after a time.

In production a person confirms; a test that waits for it needs the moment to be its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fake_calcom.booking.decide import confirm
from fake_calcom.errors import ApiError, WorldError
from fake_calcom.state.bookings import PENDING
from fake_calcom.times import MS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fake_calcom.commits import Commit
    from fake_calcom.universe import Universe

SECONDS_MAX = 10 * 366 * 86_400


@dataclass(slots=True, frozen=True)
class Knob:
    """When a pending booking is confirmed by its host: both None means by hand only; 0 of either, at once.

    after_reads counts the reads that still see it pending.
    """

    after_reads: int | None = None
    after_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the knob as JSON values."""
        return {"after_reads": self.after_reads, "after_seconds": self.after_seconds}


BY_HAND = Knob()


@dataclass(slots=True)
class Transitions:
    """Confirms the pending bookings of one universe, as its knob says for those made since it was turned."""

    universe: Universe
    knob: Knob = BY_HAND
    _reads_left: dict[str, int] = field(default_factory=dict)
    _due_ms: dict[str, int] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to do, now or later, so that calls need not ask."""
        return self.knob is BY_HAND and not self._reads_left and not self._due_ms

    def turn(self, after_reads: int | None = None, after_seconds: float | None = None) -> None:
        """Set the knob; WorldError when both are given, or one is below zero."""
        if after_reads is not None and after_seconds is not None:
            raise WorldError("give either after_reads or after_seconds", "after_seconds")
        if after_reads is not None and after_reads < 0:
            raise WorldError("expected a whole number from 0", "after_reads")
        if after_seconds is not None and not 0 <= after_seconds <= SECONDS_MAX:
            raise WorldError(f"expected a number from 0 to {SECONDS_MAX}", "after_seconds")
        self.knob = BY_HAND if after_reads is None and after_seconds is None else Knob(after_reads, after_seconds)

    def clear(self) -> None:
        """Turn the knob back, and forget the bookings waited for."""
        self.knob = BY_HAND
        self._reads_left.clear()
        self._due_ms.clear()

    def due(self) -> Iterator[tuple[int, str]]:
        """Yield the instants at which bookings are confirmed, and their uids."""
        return ((at_ms, uid) for uid, at_ms in self._due_ms.items())

    def confirm_due(self) -> None:
        """Confirm the bookings whose time has come."""
        now_ms = self.universe.now_ms()
        for at_ms, uid in sorted(self.due()):
            if at_ms <= now_ms:
                del self._due_ms[uid]
                self._confirm(uid)

    def note_commits(self, commits: Iterable[Commit]) -> None:
        """Wait for the bookings that a call left pending; confirm those whose turn is at once."""
        for commit in [c for c in commits if c.kind == "insert" and c.status == PENDING]:
            if self.knob.after_reads:
                self._reads_left[commit.uid] = self.knob.after_reads
            elif self.knob.after_seconds:
                self._due_ms[commit.uid] = self.universe.now_ms() + round(self.knob.after_seconds * MS_PER_SECOND)
            elif self.knob is not BY_HAND:
                self._confirm(commit.uid)

    def note_read(self, uid: str) -> None:
        """Count a read of a booking; the last one that may see it pending confirms it for the next."""
        left = self._reads_left.get(uid)
        if left is None:
            return
        if left > 1:
            self._reads_left[uid] = left - 1
            return
        del self._reads_left[uid]
        self._confirm(uid)

    def _confirm(self, uid: str) -> None:
        """Confirm a booking as its host would; one that was decided meanwhile stays as it is."""
        row = self.universe.bookings.by_uid(uid)
        if row is None or row.status != PENDING:
            return
        try:
            confirm(self.universe, uid, self.universe.directory.users[row.host_id])
        except ApiError as error:
            raise AssertionError(f"a host may confirm a pending booking: {error}") from error
