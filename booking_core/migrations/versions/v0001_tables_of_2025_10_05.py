"""The tables as they were on 2025-10-05: the booking id has a plain index, so one booking can have two rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from booking_core.migrations.column_types import TABLE_OPTIONS, instant, primary_key, reference, row_id

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_customers_and_services()
    _create_calls()
    _create_appointments()
    _create_audit_log()
    # Calls and appointments point to each other, so the second pointer comes last. Only inline does SQLite take it.
    pointer = sa.Column("appointment_id", row_id(), sa.ForeignKey("appointments.id", ondelete="SET NULL"))
    op.add_column("calls", pointer, inline_references=True)
    op.create_index("ix_calls_appointment_id", "calls", ["appointment_id"])


def downgrade() -> None:
    op.drop_table("system_audit_log")
    _drop_pointer()
    for table in ("appointments", "calls", "services", "customers"):
        op.drop_table(table)


def _drop_pointer() -> None:
    """SQLite drops a table that others point to when it may empty their pointers, and cannot drop the pointer."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        return
    keys = sa.inspect(bind).get_foreign_keys("calls")
    name = next(key["name"] for key in keys if key["referred_table"] == "appointments")
    op.drop_constraint(str(name), "calls", type_="foreignkey")


def _create_customers_and_services() -> None:
    op.create_table(
        "customers",
        primary_key(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("phone", sa.String(32)),
        sa.Column("email", sa.String(255)),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_customers_phone", "customers", ["phone"])
    op.create_index("ix_customers_email", "customers", ["email"])
    op.create_table(
        "services",
        primary_key(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("calcom_event_type_id", sa.BigInteger, nullable=False),
        sa.Column("duration_minutes", sa.Integer, nullable=False),
        **TABLE_OPTIONS,
    )


def _create_calls() -> None:
    op.create_table(
        "calls",
        primary_key(),
        sa.Column("retell_call_id", sa.String(128), nullable=False),
        sa.Column("from_number", sa.String(32)),
        reference("customer_id", "customers", nullable=True),
        sa.Column("booking_metadata", sa.JSON),
        sa.Column("booking_details", sa.JSON),
        sa.Column("created_at", instant(), nullable=False),
        sa.UniqueConstraint("retell_call_id", name="unique_retell_call_id"),
        **TABLE_OPTIONS,
    )


def _create_appointments() -> None:
    op.create_table(
        "appointments",
        primary_key(),
        reference("call_id", "calls", nullable=True),
        reference("customer_id", "customers"),
        reference("service_id", "services"),
        sa.Column("starts_at", instant(), nullable=False),
        sa.Column("ends_at", instant(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("calcom_v2_booking_id", sa.String(64)),
        sa.Column("calcom_booking_number", sa.BigInteger),
        sa.Column("notes", sa.Text),
        sa.Column("created_at", instant(), nullable=False),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_appointments_calcom_v2_booking_id", "appointments", ["calcom_v2_booking_id"])
    op.create_index("ix_appointments_customer_id_starts_at", "appointments", ["customer_id", "starts_at"])
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"])
    op.create_index("ix_appointments_call_id", "appointments", ["call_id"])


def _create_audit_log() -> None:
    op.create_table(
        "system_audit_log",
        primary_key(),
        sa.Column("event_type", sa.String(255), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_system_audit_log_event_type", "system_audit_log", ["event_type"])
