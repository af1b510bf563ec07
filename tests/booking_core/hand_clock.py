"""Time and ids of a test: moved by hand, counted from one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class HandClock:
    """A clock moved by hand; `monotonic` follows it."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()

    def advance(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass(slots=True)
class CountingIds:
    """Attempt keys that one can remember: key-1, key-2, …"""

    count: int = 0

    def row_id(self, table: str) -> int | None:
        return None

    def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:
        self.count += 1
        return f"key-{self.count}"
