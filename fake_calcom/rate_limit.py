"""Cal.com's rate limit: so many calls a minute for each key or address, then a minute of 429.

Source: Cal.com, CustomThrottlerGuard (120 in 60 s by default, blocked for 60 s, no Retry-After).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fake_calcom.errors import EnvelopeError
from fake_calcom.times import MS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLS_MAX = 120
WINDOW_MS = 60 * MS_PER_SECOND
BLOCK_MS = 60 * MS_PER_SECOND
SUBJECTS_MAX = 10_000
TEXT = "CustomThrottlerGuard - Too many requests. Please try again later."


@dataclass(slots=True)
class _Count:
    calls: int
    ends_ms: int
    blocked: bool = False


class Allowance(NamedTuple):
    """What a caller may still do: `reset_s` is seconds left, not a time of day."""

    limit: int
    remaining: int
    reset_s: int
    blocked: bool

    def headers(self) -> dict[str, str]:
        """Return the three headers that every answer carries."""
        return {
            "X-RateLimit-Limit-Default": str(self.limit),
            "X-RateLimit-Remaining-Default": str(self.remaining),
            "X-RateLimit-Reset-Default": str(self.reset_s),
        }


class RateLimit:
    """Counts calls by subject (a key's or an address's own text). `calls_max` None lets everything through."""

    def __init__(self, calls_max: int | None = CALLS_MAX) -> None:
        self.calls_max = calls_max
        self._counts: dict[str, _Count] = {}

    def clear(self) -> None:
        """Begin every count anew."""
        self._counts.clear()

    def counts(self) -> dict[str, list[int]]:
        """Return every count as JSON values."""
        return {subject: [c.calls, c.ends_ms, int(c.blocked)] for subject, c in self._counts.items()}

    def resume(self, counts: Mapping[str, list[int]]) -> None:
        """Go on from the counts that `counts` gave."""
        self._counts = {subject: _Count(c[0], c[1], bool(c[2])) for subject, c in counts.items()}

    def ends(self) -> dict[str, int]:
        """Return when each subject's present window or block ends."""
        return {subject: count.ends_ms for subject, count in self._counts.items()}

    def forget_ended(self, now_ms: int) -> None:
        """Drop the counts whose window has ended."""
        self._counts = {s: c for s, c in self._counts.items() if now_ms < c.ends_ms}

    def take(self, subject: str, now_ms: int) -> Allowance | None:
        """Count one call and return what is left; None when there is no limit."""
        if self.calls_max is None:
            return None
        count = self._counts.get(subject)
        if count is None or now_ms >= count.ends_ms:
            self._make_room(now_ms)
            count = self._counts[subject] = _Count(0, now_ms + WINDOW_MS)
        if not count.blocked:
            count.calls += 1
            if count.calls > self.calls_max:
                count.blocked, count.ends_ms = True, now_ms + BLOCK_MS
        remaining = max(0, self.calls_max - count.calls)
        reset_s = -(-(count.ends_ms - now_ms) // MS_PER_SECOND)
        return Allowance(self.calls_max, remaining, reset_s, count.blocked)

    def _make_room(self, now_ms: int) -> None:
        if len(self._counts) >= SUBJECTS_MAX:
            self.forget_ended(now_ms)


def too_many_requests() -> EnvelopeError:
    """Return the 429; its details are the bare text."""
    return EnvelopeError(429, "ThrottlerException", TEXT, TEXT)
