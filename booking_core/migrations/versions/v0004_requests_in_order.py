"""What 0002 gives a new database and an older one lacks: when a call last asked, whether somebody awaits an attempt.

The columns stand in 0002 because a schema without the unique key needs them, too. Going back leaves them to 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from booking_core.migrations.column_types import asked_at, awaited

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("calls", asked_at()), ("booking_attempts", awaited())):
        present = {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}
        if column.name not in present:
            op.add_column(table, column)


def downgrade() -> None:
    pass
