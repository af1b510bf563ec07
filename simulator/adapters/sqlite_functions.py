"""SQLite's own clock and random functions, driven by the simulation.

freezegun cannot reach C code: without this CURRENT_TIMESTAMP, datetime('now'), random() and randomblob()
would leak the real world into a run. An override works for column defaults as well.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    SqlValue = str | bytes | int | float | None

_DATE_FUNCTIONS = ("date", "time", "datetime", "julianday", "unixepoch", "strftime")
_CURRENT = {"current_timestamp": "datetime", "current_date": "date", "current_time": "time"}


def _wall_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)  # the module's attribute, so that freezegun is seen


class SqlFunctions:
    """The overrides of one store. A run drives them; connections that a pool keeps from run to run read here too."""

    def __init__(self) -> None:
        self._now: Callable[[], dt.datetime] = _wall_clock
        self._entropy = random.Random(0)
        self._originals: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def driven_by(self, now: Callable[[], dt.datetime], entropy: random.Random) -> Iterator[None]:
        """Read this clock (it returns aware moments) and draw from this source for as long as it lasts."""
        before = self._now, self._entropy
        self._now, self._entropy = now, entropy
        try:
            yield
        finally:
            self._now, self._entropy = before

    def install(self, connection: sqlite3.Connection) -> None:
        """Replace every function of `connection` that reads the real clock or real entropy."""
        for name, original in _CURRENT.items():
            connection.create_function(name, 0, partial(self._evaluate, original, "now"))
        for name in _DATE_FUNCTIONS:
            # Deterministic, as SQLite's own are: an index may use date(column). Time stands still in a statement.
            connection.create_function(name, -1, partial(self._evaluate, name), deterministic=True)
        connection.create_function("random", 0, self._random)
        connection.create_function("randomblob", 1, self._randomblob)

    def close(self) -> None:
        """Close the connection on which the original functions run; may be called twice."""
        if self._originals is not None:
            self._originals.close()
            self._originals = None

    def _random(self) -> int:
        return self._entropy.getrandbits(64) - 2**63

    def _randomblob(self, size: object) -> bytes:
        return self._entropy.randbytes(max(1, int(str(size or 0))))

    def _evaluate(self, name: str, *arguments: SqlValue) -> SqlValue:
        """The original function's answer, with the virtual instant in place of 'now'."""
        values = [*arguments]
        position = 1 if name == "strftime" else 0
        if len(values) == position:
            values.append("now")  # date() alone means date('now')
        if str(values[position]).lower() == "now":
            values[position] = self._now().astimezone(dt.UTC).isoformat(" ", "milliseconds")[:23]
        if self._originals is None:
            self._originals = sqlite3.connect(":memory:", check_same_thread=False)
        marks = ", ".join("?" * len(values))
        row = self._originals.execute(f"SELECT {name}({marks})", values).fetchone()
        answer: SqlValue = row[0]
        return answer
