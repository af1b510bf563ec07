"""The circuit breaker before Cal.com: after several failures in a row it stops asking for a while.

closed --failures_max in a row--> open --recovery_s--> half_open --one probe answers--> closed
                                   ^------------------- the probe fails ---------|

A state machine of our own: pybreaker and aiobreaker read the system's clock themselves, so neither a frozen nor a
virtual clock can drive them, and the whole of it is thirty lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from booking_core.domain.events import BreakerMoved
from booking_core.ports.world import Observer


class BreakerState(StrEnum):
    """Whether requests may leave."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When it opens, and how long it stays open (seconds of the monotonic clock)."""

    failures_max: int = 5
    recovery_s: float = 30.0


class Breaker:
    """Asked before every request (`permits`), told after it (`succeeded`, `failed` or `abandoned`)."""

    def __init__(self, limits: BreakerLimits, monotonic: Callable[[], float], tell: Observer) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._tell = tell
        self._failures = 0
        self._opened_at = 0.0
        self.state = BreakerState.CLOSED

    def permits(self) -> bool:
        """Whether a request may be sent now; in half_open the one probe is already on its way."""
        if self.state is BreakerState.OPEN and self._monotonic() - self._opened_at >= self._limits.recovery_s:
            self._move(BreakerState.HALF_OPEN)
            return True
        return self.state is BreakerState.CLOSED

    def succeeded(self) -> None:
        """Cal.com answered, if only with a refusal."""
        self._failures = 0
        self._move(BreakerState.CLOSED)

    def failed(self) -> None:
        """No answer, or one that speaks of a broken Cal.com (5xx)."""
        self._failures += 1
        if self.state is BreakerState.HALF_OPEN or self._failures >= self._limits.failures_max:
            self._opened_at = self._monotonic()
            self._move(BreakerState.OPEN)

    def abandoned(self) -> None:
        """The request was given up on our side and tells nothing; a lost probe makes room for the next one at once."""
        if self.state is BreakerState.HALF_OPEN:
            self._opened_at = self._monotonic() - self._limits.recovery_s
            self._move(BreakerState.OPEN)

    def _move(self, state: BreakerState) -> None:
        if state is not self.state:
            self.state = state
            self._tell(BreakerMoved(state.value))
