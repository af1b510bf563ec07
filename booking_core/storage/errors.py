"""What an error of the database means: the refusal of one particular unique key, or a transaction given up.

    sqlalchemy.exc.DBAPIError
    ├── IntegrityError   violates(error, KEY): SQLite 2067, PostgreSQL 23505, MariaDB 1062/23000, and by that key
    └── any              is_given_up(error): SQLite BUSY, PostgreSQL 40001/40P01, MariaDB 1213/1205

Nothing else is ever taken for either: a wrong guess would turn a broken reference into "already booked".
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError, IntegrityError

_MARIADB_DUPLICATE = 1062
_MARIADB_GIVEN_UP = frozenset({1205, 1213})  # lock wait time-out, deadlock
_POSTGRES_UNIQUE = "23505"
_POSTGRES_GIVEN_UP = frozenset({"40001", "40P01"})  # serialization failure, deadlock
# The key's name ends the sentence: `Duplicate entry 'abc' for key 'name'`, on MySQL 8 'table.name'. The entry is
# whatever somebody sent, so only the end proves anything.
_MARIADB_KEY = re.compile(r"for key '(?:[^'.]+\.)?([^'.]+)'\Z")


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique key by the name that PostgreSQL and MariaDB report and the columns that SQLite reports."""

    name: str
    table: str
    columns: tuple[str, ...]

    @property
    def sqlite_message(self) -> str:
        """SQLite names columns, never the key."""
        return "UNIQUE constraint failed: " + ", ".join(f"{self.table}.{column}" for column in self.columns)


BOOKING_KEY = UniqueKey("unique_calcom_v2_booking_id", "appointments", ("calcom_v2_booking_id",))

# Two transactions met while each wrote what the other had just found missing. Run again, the loser finds the row.
MEETING_KEYS = (
    UniqueKey("unique_retell_call_id", "calls", ("retell_call_id",)),
    UniqueKey("unique_appointment_call", "appointment_calls", ("appointment_id", "call_id", "relationship_type")),
    UniqueKey("unique_notification", "notifications", ("appointment_id", "channel", "kind")),
    UniqueKey("unique_webhook_event", "webhook_events", ("dedup_key",)),
)


def violates(error: IntegrityError, key: UniqueKey) -> bool:
    """Whether exactly this unique key refused the row."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        is_unique = _sqlite_code(original) == sqlite3.SQLITE_CONSTRAINT_UNIQUE
        return is_unique and str(original) == key.sqlite_message
    if getattr(original, "sqlstate", None) == _POSTGRES_UNIQUE:
        return getattr(getattr(original, "__cause__", None), "constraint_name", None) == key.name
    number, text = _mariadb_error(original)
    found = _MARIADB_KEY.search(text) if number == _MARIADB_DUPLICATE else None
    return found is not None and found[1] == key.name


def is_given_up(error: DBAPIError) -> bool:
    """Whether the database gave the transaction up, so that the same again as a whole may succeed."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        # The low byte is the kind: BUSY, with BUSY_SNAPSHOT and the others among its extended codes.
        return _sqlite_code(original) & 0xFF == sqlite3.SQLITE_BUSY
    if getattr(original, "sqlstate", None) in _POSTGRES_GIVEN_UP:
        return True
    return _mariadb_error(original)[0] in _MARIADB_GIVEN_UP


def _sqlite_code(original: sqlite3.Error) -> int:
    """SQLite's extended code; 0 (no error of SQLite) when Python's driver itself complained."""
    return int(getattr(original, "sqlite_errorcode", 0))


def _mariadb_error(original: BaseException | None) -> tuple[int | None, str]:
    """Number and sentence of a MariaDB driver's error; (None, "") for anything else."""
    arguments = getattr(original, "args", ())
    match arguments:
        case (int(number), str(text)):
            return number, text
        case _:
            return None, ""
