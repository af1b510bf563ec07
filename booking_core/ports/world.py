"""What the core needs from its surroundings: time, ids, somebody who listens."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from booking_core.domain.events import Event


class Clock(Protocol):
    """The gateway's wall clock and a stopwatch."""

    def now(self) -> datetime:
        """The instant by the gateway's own clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps; only differences mean anything."""


class Ids(Protocol):
    """Where keys and (in a replay) recorded row ids come from."""

    def row_id(self, table: str) -> int | None:
        """The id of the next row of `table`, or None to let the database number it."""

    def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:
        """The key of one try to book; equal calls and starts may get different keys."""


class Observer(Protocol):
    """Hears every fact the moment it holds. Must not raise and must not block."""

    def __call__(self, event: Event, /) -> None:
        """Take note."""
