"""Layer 4: one row per Cal.com booking. Rows that break the rule are settled and audited first.

Going back restores the plain index; what was settled stays settled.
"""

from __future__ import annotations

import sqlalchemy as sa
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
    _replace(_PLAIN, _UNIQUE, unique=True)


def downgrade() -> None:
    _replace(_UNIQUE, _PLAIN, unique=False)


def _replace(old: str, new: str, *, unique: bool) -> None:
    """The new index before the old one goes, and each only if need be: MariaDB takes nothing of a broken step back."""
    present = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(_TABLE)}
    if new not in present:
        op.create_index(new, _TABLE, _COLUMNS, unique=unique)
    if old in present:
        op.drop_index(old, table_name=_TABLE)
