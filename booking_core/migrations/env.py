"""What alembic runs: the steps, on the connection that `schema` put into the configuration."""

from __future__ import annotations

from alembic import context

from booking_core.storage.tables import METADATA


def run() -> None:
    """All steps in the caller's transaction; SQLite and PostgreSQL take them back together if one fails."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        transactional_ddl=context.config.attributes["transactional_ddl"],
    )
    with context.begin_transaction():
        context.run_migrations()


run()
