"""The system's time and ids, for a gateway that serves. A replay passes its own."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime


class SystemClock:
    """The machine's clocks, read at every call, so that a simulator can drive them."""

    def now(self) -> datetime:
        """The instant by the gateway's own clock, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps."""
        return time.monotonic()


class SystemIds:
    """The database numbers its rows; keys of attempts are random."""

    def row_id(self, table: str) -> int | None:  # noqa: ARG002 - the port names the table, every answer is the same
        """None: let the database number the row."""
        return None

    def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:  # noqa: ARG002 - see row_id
        """A fresh key for every try."""
        return uuid.uuid4().hex
