"""Move the clock, and let happen on the way what is due: reservations end, webhooks leave, rate windows pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.clock import FakeClock
from fake_calcom.errors import FakeCalcomError
from fake_calcom.times import iso, to_datetime, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fake_calcom.transitions import Transitions
    from fake_calcom.universe import Universe

STEPS_MAX = 100_000
FOREIGN = "this fake reads its time from the clock it was given; move that one"


class ForeignClockError(FakeCalcomError):
    """You get it when you move a clock that is not the fake's own. Move the clock that the fake was given."""


@dataclass(slots=True, frozen=True, order=True)
class Due:
    """Something that happens at an instant: its kind, and of what (an id, never a name)."""

    at_ms: int
    kind: str
    what: str

    def as_json(self) -> dict[str, Any]:
        """Return what fired as JSON values."""
        return {"at": iso(self.at_ms), "kind": self.kind, "what": self.what}


class TimeTravel:
    """The verbs of the fake's own clock. Each answers with what fired, in the order of time."""

    def __init__(self, universe: Universe, transitions: Transitions) -> None:
        self._universe = universe
        self._transitions = transitions

    async def run_for(self, seconds: float) -> list[Due]:
        """Let time pass: stop at every instant at which something is due, and let it happen there."""
        clock, fired = self._clock(), list[Due]()
        end_ms = _later(clock, seconds)
        while (due := self._next(end_ms)) is not None and len(fired) < STEPS_MAX:
            fired += await self._stop_at(max(due, self._universe.now_ms()))
        clock.set(to_datetime(end_ms))
        return fired

    async def fast_forward(self, seconds: float) -> list[Due]:
        """Jump: what was due on the way happens late, at the end of the jump, once."""
        return await self._stop_at(_later(self._clock(), seconds))

    async def pause_at(self, instant: datetime) -> list[Due]:
        """Jump to an instant and stand still there; ValueError when it is in the past."""
        clock = self._clock()
        fired = await self._stop_at(_later(clock, (instant - clock.now()).total_seconds()))
        clock.set(instant, mode="frozen")
        return fired

    async def run_until_idle(self) -> list[Due]:
        """Go from one due instant to the next until nothing is due any more."""
        self._clock()
        fired: list[Due] = []
        while (due := self._next(None)) is not None and len(fired) < STEPS_MAX:
            fired += await self._stop_at(max(due, self._universe.now_ms()))
        return fired

    def resume(self) -> None:
        """Let the clock tick along with the machine's."""
        self._clock().set(mode="ticking")
        self._universe.outbox.post.arm()

    def _clock(self) -> FakeClock:
        clock = self._universe.outside.clock
        if not isinstance(clock, FakeClock):
            raise ForeignClockError(FOREIGN)
        return clock

    def _agenda(self) -> Iterator[Due]:
        universe = self._universe
        for reservation in universe.directory.reservations.values():
            yield Due(reservation.until_ms, "reservation_expired", reservation.uid)
        for waiting in universe.outbox.post.waiting:
            if waiting.due_ms is not None:
                yield Due(waiting.due_ms, "webhook_delivered", str(waiting.delivery.number))
        for at_ms, uid in self._transitions.due():
            yield Due(at_ms, "booking_confirmed", uid)
        for subject, ends_ms in universe.rate_limit.ends().items():
            yield Due(ends_ms, "rate_window_ended", subject)

    def _next(self, end_ms: int | None) -> int | None:
        at = min((due.at_ms for due in self._agenda()), default=None)
        return None if at is None or (end_ms is not None and at > end_ms) else at

    async def _stop_at(self, at_ms: int) -> list[Due]:
        """Put the clock to an instant and let everything happen that is due by then."""
        universe = self._universe
        due = sorted(entry for entry in self._agenda() if entry.at_ms <= at_ms)
        self._clock().set(to_datetime(at_ms))
        universe.rate_limit.forget_ended(at_ms)
        for entry in due:
            if entry.kind == "reservation_expired":
                universe.directory.reservations.pop(entry.what, None)
                universe.time_was_freed()
        self._transitions.confirm_due()
        await universe.outbox.post.release_due()
        return due


def _later(clock: FakeClock, seconds: float) -> int:
    """Return the instant so many seconds ahead; ValueError when the clock cannot go there."""
    ahead = FakeClock(clock.now())
    ahead.advance(seconds)
    return to_ms(ahead.now())
