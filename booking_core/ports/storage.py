"""The storage as the core uses it: repositories of one transaction, and a runner of transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from booking_core.domain.model import (
    Appointment,
    AppointmentStatus,
    Attempt,
    AttemptState,
    Call,
    CallRelation,
    Customer,
    Notification,
    Service,
)


class BookingAlreadyStoredError(Exception):
    """The unique key `unique_calcom_v2_booking_id` refused the row; the transaction is over, nothing of it remains.

    Raised for exactly that key; any other integrity error passes through as what it is.
    """

    def __init__(self, booking_uid: str) -> None:
        super().__init__(f"an appointment for booking {booking_uid} is already stored")
        self.booking_uid = booking_uid


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """The columns of an appointment to be written."""

    call_id: int | None
    customer_id: int
    service_id: int
    starts_at: datetime
    ends_at: datetime
    calcom_v2_booking_id: str
    calcom_booking_number: int
    created_at: datetime
    status: AppointmentStatus = AppointmentStatus.SCHEDULED


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """The columns of an attempt to be written before Cal.com is called."""

    key: str
    call_id: int
    customer_id: int
    service_id: int
    starts_at: datetime
    attendee_email: str
    created_at: datetime


class Customers(Protocol):
    """Table `customers`."""

    async def get(self, customer_id: int) -> Customer | None:
        """By id."""

    async def by_phone(self, phone: str) -> Customer | None:
        """By phone number as stored (E.164), the oldest if several."""

    async def by_name_and_email(self, name: str, email: str) -> Customer | None:
        """By exact name and e-mail."""

    async def add(self, name: str, phone: str | None, email: str | None) -> Customer:
        """A new row."""


class Services(Protocol):
    """Table `services`."""

    async def get(self, service_id: int) -> Service | None:
        """By id."""

    async def by_name(self, name: str | None) -> Service | None:
        """By name, case-insensitively; None is the first service."""

    async def all(self) -> Sequence[Service]:
        """Every service, by id."""


class Calls(Protocol):
    """Table `calls`."""

    async def get(self, call_id: int) -> Call | None:
        """By local id."""

    async def by_retell_id(self, retell_call_id: str) -> Call | None:
        """By Retell's id."""

    async def add(self, retell_call_id: str, from_number: str | None, created_at: datetime) -> Call:
        """A new row; when another transaction was first, the whole body is run again (see Transactions)."""

    async def lock(self, call_id: int) -> Call:
        """Hold this row until the transaction ends (SELECT … FOR UPDATE): requests of one call take turns."""

    async def note_request(self, call_id: int, asked_at: datetime) -> None:
        """Set `asked_at`: a request signed then is being acted upon."""

    async def note(self, call_id: int, *, customer_id: int, booking_details: dict[str, Any]) -> None:
        """Who called and what was asked for."""

    async def link(self, call_id: int, appointment_id: int, booking_metadata: dict[str, Any] | None) -> None:
        """Set `appointment_id` and, when given, `booking_metadata`."""


class Appointments(Protocol):
    """Table `appointments`."""

    async def get(self, appointment_id: int) -> Appointment | None:
        """By id."""

    async def by_booking_uid(self, uid: str) -> Appointment | None:
        """The row of a Cal.com booking, the oldest if (without the unique key) there are several."""

    async def live_of_customer_at(self, customer_id: int, starts_at: datetime) -> Appointment | None:
        """This customer's live appointment starting at that instant."""

    async def live_of_call(self, call_id: int) -> Appointment | None:
        """The live appointment that this call made, the oldest if there are several."""

    async def next_of_customer(self, customer_id: int, after: datetime) -> Appointment | None:
        """This customer's next live appointment."""

    async def live_between(self, start: datetime, end: datetime) -> Sequence[Appointment]:
        """Live appointments starting in the window, by start and id."""

    async def add(self, new: NewAppointment) -> Appointment:
        """Insert; raises BookingAlreadyStoredError when the unique key refuses (the transaction is then over)."""

    async def set_status(self, appointment_id: int, status: AppointmentStatus, note: str | None) -> None:
        """Cancel or reopen."""

    async def move(self, appointment_id: int, starts_at: datetime, ends_at: datetime, uid: str, number: int) -> None:
        """The booking was rescheduled: new times, new uid."""


class AppointmentCalls(Protocol):
    """Table `appointment_calls`, unique over (appointment, call, relationship type)."""

    async def add(self, appointment_id: int, call_id: int, relation: CallRelation, at: datetime) -> None:
        """Insert; nothing happens when the row is already there."""

    async def last_of_call(self, call_id: int, relation: CallRelation) -> int | None:
        """The appointment (its id) that the call came to stand to in that relation last."""

    async def exists(self, appointment_id: int, relation: CallRelation) -> bool:
        """Whether any call stands to the appointment in that relation."""


class Attempts(Protocol):
    """Table `booking_attempts`."""

    async def add(self, new: NewAttempt) -> Attempt:
        """A new row in state open."""

    async def of_call(self, call_id: int, starts_at: datetime) -> Sequence[Attempt]:
        """Every attempt of that call for that start, oldest first."""

    async def by_key(self, key: str) -> Attempt | None:
        """By its key."""

    async def settle(
        self,
        attempt_id: int,
        state: AttemptState,
        at: datetime,
        *,
        appointment_id: int | None = None,
        booking_uid: str | None = None,
    ) -> None:
        """Set the state and, when booked, what it led to."""

    async def await_end(self, attempt_id: int) -> None:
        """Set `awaited`: somebody was told to wait for its end."""

    async def unsettled(self, older_than: datetime) -> Sequence[Attempt]:
        """Open or unknown attempts last touched before that instant, oldest first."""


class AuditLog(Protocol):
    """Table `system_audit_log`."""

    async def add(self, event_type: str, at: datetime, details: dict[str, Any]) -> None:
        """One line; `details` is JSON and may hold a whole old row."""


class Notifications(Protocol):
    """Table `notifications`: the outbox. A row is sent by the outbox worker, at least once."""

    async def add(self, customer_id: int, appointment_id: int | None, channel: str, kind: str, at: datetime) -> bool:
        """Queue one; False when the same (appointment, channel, kind) is already queued or sent."""

    async def due(self, limit: int) -> Sequence[Notification]:
        """Those not sent yet, the least tried and oldest first."""

    async def mark_sent(self, notification_id: int, at: datetime) -> None:
        """It left."""

    async def mark_failed(self, notification_id: int, at: datetime) -> None:
        """It did not leave: one more try is counted."""


class WebhookEvents(Protocol):
    """Table `webhook_events`: what Cal.com sent, once each."""

    async def add(self, dedup_key: str, trigger: str, booking_uid: str, body: dict[str, Any], at: datetime) -> bool:
        """Store; False when this very event was stored before."""

    async def mark_handled(self, dedup_key: str, at: datetime, result: str) -> None:
        """It has been applied (or found to have nothing to apply)."""


class UnitOfWork(Protocol):
    """The repositories of one open transaction. No transaction is ever open during a call of Cal.com."""

    customers: Customers
    services: Services
    calls: Calls
    appointments: Appointments
    appointment_calls: AppointmentCalls
    attempts: Attempts
    audit: AuditLog
    notifications: Notifications
    webhook_events: WebhookEvents


T = TypeVar("T")
Body = Callable[[UnitOfWork], Awaitable[T]]


class Transactions(Protocol):
    """Runs a body in one transaction and commits; the whole body again, within a budget, when the database
    gave up on the transaction (MariaDB 1213, PostgreSQL 40001/40P01, SQLite BUSY) or a call's row was added twice
    at the same time.

    So a body must do nothing but use its unit of work. BookingAlreadyStoredError is not repeated: it passes through.
    """

    async def __call__(self, body: Body[T]) -> T:
        """Run the body, commit, hand back its result."""
