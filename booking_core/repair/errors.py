"""When a repair cannot begin.

RepairImpossibleError   the tables that it needs are not there
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

_NEEDED = frozenset({"appointments", "calls", "customers", "appointment_calls", "notifications", "system_audit_log"})


class RepairImpossibleError(Exception):
    """The database lacks tables of revision 0002. Run `slotproof db upgrade`, then repair."""


def require_tables(connection: Connection) -> None:
    """Raise RepairImpossibleError unless every table is there that repairs read and write."""
    missing = sorted(_NEEDED - set(inspect(connection).get_table_names()))
    if missing:
        raise RepairImpossibleError(
            f"the database has no table {', '.join(missing)}; upgrade it to 0002 or later first"
        )
