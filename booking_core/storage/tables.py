"""The tables as they are after the newest migration. For statements only: the schema itself is made by migrations.

Core tables and not ORM classes: a repository hands out frozen values of the domain, and Layers 3 and 4 must see
what is in the database now. An identity map would be a second, older truth (and costs more than the four layers
may).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from booking_core.storage.times import UtcDateTime

METADATA = MetaData()

# Ids are never used twice, also on SQLite: the audit log names rows that are long gone.
# Uids and keys differ by case, so MariaDB must compare exactly.
_OPTIONS: dict[str, Any] = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}

_ID = BigInteger().with_variant(Integer, "sqlite")
_JSON = JSON(none_as_null=True)
NAME_LENGTH = 255
KEY_LENGTH = 128
UID_LENGTH = 64
WORD_LENGTH = 32


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True)


def _reference(name: str, target: str, *, nullable: bool = False, ondelete: str | None = None) -> Column[int]:
    return Column(name, _ID, ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable)


def _pointer_back() -> Column[int]:
    """Calls and appointments point to each other; `use_alter` says that this pointer is the one added later."""
    return Column("appointment_id", _ID, ForeignKey("appointments.id", ondelete="SET NULL", use_alter=True))


CUSTOMERS = Table(
    "customers",
    METADATA,
    _id(),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("phone", String(WORD_LENGTH)),
    Column("email", String(NAME_LENGTH)),
    Index("ix_customers_phone", "phone"),
    Index("ix_customers_email", "email"),
    **_OPTIONS,
)

SERVICES = Table(
    "services",
    METADATA,
    _id(),
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("calcom_event_type_id", BigInteger, nullable=False),
    Column("duration_minutes", Integer, nullable=False),
    **_OPTIONS,
)

CALLS = Table(
    "calls",
    METADATA,
    _id(),
    Column("retell_call_id", String(KEY_LENGTH), nullable=False),
    Column("from_number", String(WORD_LENGTH)),
    _reference("customer_id", "customers", nullable=True),
    Column("booking_metadata", _JSON),
    Column("booking_details", _JSON),
    Column("created_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),
    _pointer_back(),
    UniqueConstraint("retell_call_id", name="unique_retell_call_id"),
    Index("ix_calls_appointment_id", "appointment_id"),
    **_OPTIONS,
)

APPOINTMENTS = Table(
    "appointments",
    METADATA,
    _id(),
    _reference("call_id", "calls", nullable=True),
    _reference("customer_id", "customers"),
    _reference("service_id", "services"),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("status", String(WORD_LENGTH), nullable=False),
    Column("calcom_v2_booking_id", String(UID_LENGTH)),
    Column("calcom_booking_number", BigInteger),
    Column("notes", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Index("unique_calcom_v2_booking_id", "calcom_v2_booking_id", unique=True),
    Index("ix_appointments_customer_id_starts_at", "customer_id", "starts_at"),
    Index("ix_appointments_starts_at", "starts_at"),
    Index("ix_appointments_call_id", "call_id"),
    **_OPTIONS,
)

SYSTEM_AUDIT_LOG = Table(
    "system_audit_log",
    METADATA,
    _id(),
    Column("event_type", String(NAME_LENGTH), nullable=False),
    Column("details", _JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_system_audit_log_event_type", "event_type"),
    **_OPTIONS,
)

APPOINTMENT_CALLS = Table(
    "appointment_calls",
    METADATA,
    _id(),
    _reference("appointment_id", "appointments", ondelete="CASCADE"),
    _reference("call_id", "calls", ondelete="CASCADE"),
    Column("relationship_type", String(WORD_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("appointment_id", "call_id", "relationship_type", name="unique_appointment_call"),
    Index("ix_appointment_calls_call_id", "call_id"),
    **_OPTIONS,
)

BOOKING_ATTEMPTS = Table(
    "booking_attempts",
    METADATA,
    _id(),
    Column("attempt_key", String(KEY_LENGTH), nullable=False),
    _reference("call_id", "calls"),
    _reference("customer_id", "customers"),
    _reference("service_id", "services"),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("attendee_email", String(NAME_LENGTH), nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("awaited", Boolean, nullable=False, server_default=false()),
    _reference("appointment_id", "appointments", nullable=True, ondelete="SET NULL"),
    Column("calcom_v2_booking_id", String(UID_LENGTH)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("attempt_key", name="unique_attempt_key"),
    Index("ix_booking_attempts_call_id_starts_at", "call_id", "starts_at"),
    Index("ix_booking_attempts_state_updated_at", "state", "updated_at"),
    **_OPTIONS,
)

NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    _id(),
    _reference("customer_id", "customers"),
    _reference("appointment_id", "appointments", nullable=True, ondelete="SET NULL"),
    Column("channel", String(WORD_LENGTH), nullable=False),
    Column("kind", String(KEY_LENGTH), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("appointment_id", "channel", "kind", name="unique_notification"),
    Index("ix_notifications_sent_at_tries", "sent_at", "tries"),
    **_OPTIONS,
)

WEBHOOK_EVENTS = Table(
    "webhook_events",
    METADATA,
    _id(),
    Column("dedup_key", String(KEY_LENGTH), nullable=False),
    Column("trigger_event", String(KEY_LENGTH), nullable=False),
    Column("booking_uid", String(UID_LENGTH), nullable=False),
    Column("body", _JSON, nullable=False),
    Column("result", String(NAME_LENGTH)),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    UniqueConstraint("dedup_key", name="unique_webhook_event"),
    **_OPTIONS,
)
