"""Layer 4: one row per Cal.com booking. Rows that break the rule are settled and audited first.

Going back restores the plain index; what was settled stays settled.
"""

from __future__ import annotations

from alembic import context, op

from booking_core.repair.duplicates import settle_duplicates

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = "appointments"
_COLUMNS = ["calcom_v2_booking_id"]
_PLAIN = "ix_appointments_calcom_v2_booking_id"
_UNIQUE = "unique_calcom_v2_booking_id"


def upgrade() -> None:
    attributes = context.config.attributes
    settle_duplicates(op.get_bind(), attributes["duplicates"], attributes["at"])
    # The new index first: should it be refused (on MariaDB nothing is taken back), the old one is still there.
    op.create_index(_UNIQUE, _TABLE, _COLUMNS, unique=True)
    op.drop_index(_PLAIN, table_name=_TABLE)


def downgrade() -> None:
    op.create_index(_PLAIN, _TABLE, _COLUMNS)
    op.drop_index(_UNIQUE, table_name=_TABLE)
