"""How long SQLite waits for a lock: the delays of its own busy handler, taken in virtual time."""

from __future__ import annotations

import sqlite3

# SQLite: sqliteDefaultBusyCallback, the table `delays`, in milliseconds.
_DELAYS_MS = (1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100)
_PRIMARY = 0xFF  # the low byte of an extended result code is its primary code


def next_delay_s(attempt: int, timeout_s: float) -> float | None:
    """Seconds to wait before retry number `attempt` (from 0); None when the time-out has been used up."""
    timeout_ms = round(timeout_s * 1000)
    last = len(_DELAYS_MS) - 1
    delay_ms = _DELAYS_MS[min(attempt, last)]
    waited_ms = sum(_DELAYS_MS[: min(attempt, last)]) + _DELAYS_MS[last] * max(0, attempt - last)
    delay_ms = min(delay_ms, timeout_ms - waited_ms)
    return delay_ms / 1000 if delay_ms > 0 else None


def is_worth_waiting(error: sqlite3.OperationalError) -> bool:
    """True for a plain SQLITE_BUSY.

    SQLite itself does not wait on SQLITE_BUSY_SNAPSHOT (the snapshot is stale for good) nor on
    SQLITE_LOCKED.
    """
    code = getattr(error, "sqlite_errorcode", 0)  # absent when the module, not SQLite, raised it
    return code & _PRIMARY == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT
