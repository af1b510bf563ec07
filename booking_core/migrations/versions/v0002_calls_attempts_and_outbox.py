"""How calls stand to appointments, attempts known before Cal.com is called, the outbox, and Cal.com's webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from booking_core.migrations.column_types import TABLE_OPTIONS, asked_at, awaited, instant, primary_key, reference

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", asked_at())
    _create_appointment_calls()
    _create_booking_attempts()
    _create_notifications()
    _create_webhook_events()


def downgrade() -> None:
    for table in ("webhook_events", "notifications", "booking_attempts", "appointment_calls"):
        op.drop_table(table)
    op.drop_column("calls", "asked_at")


def _create_appointment_calls() -> None:
    op.create_table(
        "appointment_calls",
        primary_key(),
        reference("appointment_id", "appointments", ondelete="CASCADE"),
        reference("call_id", "calls", ondelete="CASCADE"),
        sa.Column("relationship_type", sa.String(32), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.UniqueConstraint("appointment_id", "call_id", "relationship_type", name="unique_appointment_call"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_appointment_calls_call_id", "appointment_calls", ["call_id"])


def _create_booking_attempts() -> None:
    op.create_table(
        "booking_attempts",
        primary_key(),
        sa.Column("attempt_key", sa.String(128), nullable=False),
        reference("call_id", "calls"),
        reference("customer_id", "customers"),
        reference("service_id", "services"),
        sa.Column("starts_at", instant(), nullable=False),
        sa.Column("attendee_email", sa.String(255), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        awaited(),
        reference("appointment_id", "appointments", nullable=True, ondelete="SET NULL"),
        sa.Column("calcom_v2_booking_id", sa.String(64)),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        sa.UniqueConstraint("attempt_key", name="unique_attempt_key"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_booking_attempts_call_id_starts_at", "booking_attempts", ["call_id", "starts_at"])
    op.create_index("ix_booking_attempts_state_updated_at", "booking_attempts", ["state", "updated_at"])


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        primary_key(),
        reference("customer_id", "customers"),
        reference("appointment_id", "appointments", nullable=True, ondelete="SET NULL"),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(128), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", instant()),
        sa.Column("sent_at", instant()),
        sa.UniqueConstraint("appointment_id", "channel", "kind", name="unique_notification"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_notifications_sent_at_tries", "notifications", ["sent_at", "tries"])


def _create_webhook_events() -> None:
    op.create_table(
        "webhook_events",
        primary_key(),
        sa.Column("dedup_key", sa.String(128), nullable=False),
        sa.Column("trigger_event", sa.String(128), nullable=False),
        sa.Column("booking_uid", sa.String(64), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("result", sa.String(255)),
        sa.Column("received_at", instant(), nullable=False),
        sa.Column("handled_at", instant()),
        sa.UniqueConstraint("dedup_key", name="unique_webhook_event"),
        **TABLE_OPTIONS,
    )
