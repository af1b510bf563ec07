"""Row ids of one transaction: when it is run again, the same ids go to the same rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from booking_core.ports.world import Ids


class DrawnIds:
    """Remembers what `ids` handed out. A recorded number must not be lost to a run that left nothing behind."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._drawn: defaultdict[str, list[int | None]] = defaultdict(list)
        self._used: Counter[str] = Counter()

    def rewind(self) -> None:
        """The transaction begins (again)."""
        self._used.clear()

    def row_id(self, table: str) -> int | None:
        """The id of the transaction's next row of `table`, or None to let the database number it."""
        drawn = self._drawn[table]
        position = self._used[table]
        self._used[table] += 1
        if position == len(drawn):
            drawn.append(self._ids.row_id(table))
        return drawn[position]

    def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:
        """As `ids` says; keys are drawn outside transactions."""
        return self._ids.attempt_key(retell_call_id, starts_at)
