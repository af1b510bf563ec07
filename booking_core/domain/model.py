"""The gateway's own things and what Cal.com tells of its bookings, as plain values.

Every instant is an aware datetime in UTC. Ids are the local database's unless a name says `calcom` or `retell`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AppointmentStatus(StrEnum):
    """The life of a local appointment."""

    REQUESTED = "requested"  # Cal.com holds the slot; its host has yet to confirm it
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class CallRelation(StrEnum):
    """How a call stands to an appointment (`appointment_calls.relationship_type`)."""

    ORIGINAL = "original"
    DUPLICATE_ATTEMPT = "duplicate_attempt"
    RESCHEDULE_ATTEMPT = "reschedule_attempt"
    CANCELLATION_ATTEMPT = "cancellation_attempt"


class AttemptState(StrEnum):
    """What is known of one try to book; `OPEN` is committed before Cal.com is called."""

    OPEN = "open"  # Cal.com may be deciding right now
    UNKNOWN = "unknown"  # no usable answer came: reconciliation must find out
    BOOKED = "booked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who calls; found by phone, else by name and a real e-mail."""

    id: int
    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What can be booked, and the Cal.com event type behind it."""

    id: int
    name: str
    calcom_event_type_id: int
    duration_minutes: int


@dataclass(frozen=True, slots=True)
class Call:
    """One phone call. `booking_metadata` is what a duplicate attempt leaves; `booking_details` what was asked for.

    `asked_at` is when, by Retell's clock, the newest request that led to an attempt was signed.
    """

    id: int
    retell_call_id: str
    created_at: datetime
    customer_id: int | None = None
    from_number: str | None = None
    appointment_id: int | None = None
    booking_metadata: dict[str, Any] | None = None
    booking_details: dict[str, Any] | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A local appointment. `calcom_v2_booking_id` is Cal.com's uid, `calcom_booking_number` its numeric id."""

    id: int
    call_id: int | None
    customer_id: int
    service_id: int
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    calcom_v2_booking_id: str | None
    calcom_booking_number: int | None
    created_at: datetime
    notes: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether somebody is, or may be, expected to come."""
        return self.status is not AppointmentStatus.CANCELLED


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to book, known before Cal.com is called. `key` travels in the booking's metadata.

    `awaited`: somebody was told that it will be settled, and must hear when nothing comes of it.
    """

    id: int
    key: str
    call_id: int
    customer_id: int
    service_id: int
    starts_at: datetime
    attendee_email: str
    state: AttemptState
    created_at: datetime
    updated_at: datetime
    appointment_id: int | None = None
    calcom_v2_booking_id: str | None = None
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Notification:
    """One line of the outbox: what a customer must still be told. `kind` says what, `channel` is e-mail or sms."""

    id: int
    customer_id: int
    appointment_id: int | None
    channel: str
    kind: str
    created_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is booked at Cal.com, as sent or as answered."""

    name: str
    email: str | None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What the gateway asks Cal.com to book (`POST /v2/bookings`)."""

    event_type_id: int
    start: datetime
    attendee: Attendee
    metadata: dict[str, str]
    time_zone: str = "Europe/Berlin"
    language: str = "de"


@dataclass(frozen=True, slots=True)
class CalcomBooking:
    """A booking as Cal.com tells it. `created_at` and `metadata` are missing when Cal.com left them out."""

    uid: str
    number: int
    status: str
    start: datetime
    end: datetime
    event_type_id: int | None
    created_at: datetime | None
    metadata: dict[str, str] = field(default_factory=dict)
    attendee: Attendee | None = None

    @property
    def is_live(self) -> bool:
        """Whether the slot is held by it (accepted, or waiting for confirmation)."""
        return self.status in {"accepted", "pending"}

    @property
    def awaits_confirmation(self) -> bool:
        """Whether its host may still decline it (Cal.com: `requiresConfirmation`)."""
        return self.status == "pending"

    @property
    def retell_call_id(self) -> str | None:
        """The call that made it, as its metadata says."""
        return self.metadata.get("call_id")
