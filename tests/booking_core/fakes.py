"""The storage ports in memory: a transaction works on a copy that replaces the tables when it commits."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

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
from booking_core.ports.storage import (
    AppointmentCalls,
    Appointments,
    Attempts,
    AuditLog,
    Body,
    BookingAlreadyStoredError,
    Calls,
    Customers,
    NewAppointment,
    NewAttempt,
    Notifications,
    Services,
    T,
    WebhookEvents,
)


@dataclass(slots=True)
class Tables:
    """The rows, by id where they have one."""

    unique_key: bool = True
    customers: dict[int, Customer] = field(default_factory=dict)
    services: dict[int, Service] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)
    appointments: dict[int, Appointment] = field(default_factory=dict)
    appointment_calls: list[tuple[int, int, CallRelation]] = field(default_factory=list)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    audit: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notifications: dict[int, Notification] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    webhook_events: dict[str, str | None] = field(default_factory=dict)


def _next_id(rows: dict[int, Any]) -> int:
    return max(rows, default=0) + 1


@dataclass(slots=True)
class _Repository:
    t: Tables


class MemoryCustomers(_Repository):
    async def get(self, customer_id: int) -> Customer | None:
        return self.t.customers.get(customer_id)

    async def by_phone(self, phone: str) -> Customer | None:
        return next((c for c in self.t.customers.values() if c.phone == phone), None)

    async def by_name_and_email(self, name: str, email: str) -> Customer | None:
        return next((c for c in self.t.customers.values() if (c.name, c.email) == (name, email)), None)

    async def add(self, name: str, phone: str | None, email: str | None) -> Customer:
        customer = Customer(_next_id(self.t.customers), name, phone, email)
        self.t.customers[customer.id] = customer
        return customer


class MemoryServices(_Repository):
    async def get(self, service_id: int) -> Service | None:
        return self.t.services.get(service_id)

    async def by_name(self, name: str | None) -> Service | None:
        return next((s for s in self.t.services.values() if name is None or s.name == name), None)

    async def all(self) -> Sequence[Service]:
        return list(self.t.services.values())


class MemoryCalls(_Repository):
    async def get(self, call_id: int) -> Call | None:
        return self.t.calls.get(call_id)

    async def by_retell_id(self, retell_call_id: str) -> Call | None:
        return next((c for c in self.t.calls.values() if c.retell_call_id == retell_call_id), None)

    async def add(self, retell_call_id: str, from_number: str | None, created_at: datetime) -> Call:
        call = Call(_next_id(self.t.calls), retell_call_id, created_at, from_number=from_number)
        self.t.calls[call.id] = call
        return call

    async def lock(self, call_id: int) -> Call:
        return self.t.calls[call_id]

    async def note_request(self, call_id: int, asked_at: datetime) -> None:
        self.t.calls[call_id] = replace(self.t.calls[call_id], asked_at=asked_at)

    async def note(self, call_id: int, *, customer_id: int, booking_details: dict[str, Any]) -> None:
        noted = replace(self.t.calls[call_id], customer_id=customer_id, booking_details=booking_details)
        self.t.calls[call_id] = noted

    async def link(self, call_id: int, appointment_id: int, booking_metadata: dict[str, Any] | None) -> None:
        call = self.t.calls[call_id]
        metadata = booking_metadata or call.booking_metadata
        self.t.calls[call_id] = replace(call, appointment_id=appointment_id, booking_metadata=metadata)


class MemoryAppointments(_Repository):
    async def get(self, appointment_id: int) -> Appointment | None:
        return self.t.appointments.get(appointment_id)

    async def by_booking_uid(self, uid: str) -> Appointment | None:
        return next((a for a in self.t.appointments.values() if a.calcom_v2_booking_id == uid), None)

    async def live_of_customer_at(self, customer_id: int, starts_at: datetime) -> Appointment | None:
        live = (a for a in self.t.appointments.values() if a.is_live and a.customer_id == customer_id)
        return next((a for a in live if a.starts_at == starts_at), None)

    async def live_of_call(self, call_id: int) -> Appointment | None:
        return next((a for a in self.t.appointments.values() if a.is_live and a.call_id == call_id), None)

    async def next_of_customer(self, customer_id: int, after: datetime) -> Appointment | None:
        live = (a for a in self.t.appointments.values() if a.is_live and a.customer_id == customer_id)
        return min((a for a in live if a.starts_at > after), key=lambda a: a.starts_at, default=None)

    async def live_between(self, start: datetime, end: datetime) -> Sequence[Appointment]:
        return [a for a in self.t.appointments.values() if a.is_live and start <= a.starts_at < end]

    async def add(self, new: NewAppointment) -> Appointment:
        self._check_key(new.calcom_v2_booking_id)
        appointment_id = _next_id(self.t.appointments)
        appointment = Appointment(id=appointment_id, **asdict(new))
        self.t.appointments[appointment_id] = appointment
        return appointment

    async def set_status(self, appointment_id: int, status: AppointmentStatus, note: str | None) -> None:
        row = self.t.appointments[appointment_id]
        self.t.appointments[appointment_id] = replace(row, status=status, notes=note or row.notes)

    async def move(self, appointment_id: int, starts_at: datetime, ends_at: datetime, uid: str, number: int) -> None:
        self._check_key(uid)
        row = replace(self.t.appointments[appointment_id], starts_at=starts_at, ends_at=ends_at)
        self.t.appointments[appointment_id] = replace(row, calcom_v2_booking_id=uid, calcom_booking_number=number)

    def _check_key(self, uid: str) -> None:
        if self.t.unique_key and any(a.calcom_v2_booking_id == uid for a in self.t.appointments.values()):
            raise BookingAlreadyStoredError(uid)


class MemoryAppointmentCalls(_Repository):
    async def add(self, appointment_id: int, call_id: int, relation: CallRelation, at: datetime) -> None:
        row = (appointment_id, call_id, relation)
        if row not in self.t.appointment_calls:
            self.t.appointment_calls.append(row)

    async def last_of_call(self, call_id: int, relation: CallRelation) -> int | None:
        return next((a for a, c, r in reversed(self.t.appointment_calls) if (c, r) == (call_id, relation)), None)

    async def exists(self, appointment_id: int, relation: CallRelation) -> bool:
        return any((a, r) == (appointment_id, relation) for a, _, r in self.t.appointment_calls)


class MemoryAttempts(_Repository):
    async def add(self, new: NewAttempt) -> Attempt:
        columns = asdict(new) | {"state": AttemptState.OPEN, "updated_at": new.created_at}
        attempt = Attempt(id=_next_id(self.t.attempts), **columns)
        self.t.attempts[attempt.id] = attempt
        return attempt

    async def of_call(self, call_id: int, starts_at: datetime) -> Sequence[Attempt]:
        return [a for a in self.t.attempts.values() if (a.call_id, a.starts_at) == (call_id, starts_at)]

    async def by_key(self, key: str) -> Attempt | None:
        return next((a for a in self.t.attempts.values() if a.key == key), None)

    async def settle(
        self,
        attempt_id: int,
        state: AttemptState,
        at: datetime,
        *,
        appointment_id: int | None = None,
        booking_uid: str | None = None,
    ) -> None:
        attempt = replace(self.t.attempts[attempt_id], state=state, updated_at=at)
        if appointment_id is not None:
            attempt = replace(attempt, appointment_id=appointment_id, calcom_v2_booking_id=booking_uid)
        self.t.attempts[attempt_id] = attempt

    async def await_end(self, attempt_id: int) -> None:
        self.t.attempts[attempt_id] = replace(self.t.attempts[attempt_id], awaited=True)

    async def unsettled(self, older_than: datetime) -> Sequence[Attempt]:
        waiting = {AttemptState.OPEN, AttemptState.UNKNOWN}
        return [a for a in self.t.attempts.values() if a.state in waiting and a.updated_at < older_than]


class MemoryAudit(_Repository):
    async def add(self, event_type: str, at: datetime, details: dict[str, Any]) -> None:
        self.t.audit.append((event_type, details))


class MemoryNotifications(_Repository):
    async def add(self, customer_id: int, appointment_id: int | None, channel: str, kind: str, at: datetime) -> bool:
        key = (appointment_id, channel, kind)
        rows = self.t.notifications
        if appointment_id is not None and any((n.appointment_id, n.channel, n.kind) == key for n in rows.values()):
            return False
        row_id = _next_id(rows)
        rows[row_id] = Notification(row_id, customer_id, appointment_id, channel, kind, at)
        return True

    async def due(self, limit: int) -> Sequence[Notification]:
        unsent = (n for n in self.t.notifications.values() if n.id not in self.t.sent)
        return sorted(unsent, key=lambda n: (n.tries, n.id))[:limit]

    async def mark_sent(self, notification_id: int, at: datetime) -> None:
        self.t.sent.add(notification_id)

    async def mark_failed(self, notification_id: int, at: datetime) -> None:
        row = self.t.notifications[notification_id]
        self.t.notifications[notification_id] = replace(row, tries=row.tries + 1)


class MemoryWebhookEvents(_Repository):
    async def add(self, dedup_key: str, trigger: str, booking_uid: str, body: dict[str, Any], at: datetime) -> bool:
        if dedup_key in self.t.webhook_events:
            return False
        self.t.webhook_events[dedup_key] = None
        return True

    async def mark_handled(self, dedup_key: str, at: datetime, result: str) -> None:
        self.t.webhook_events[dedup_key] = result


class MemoryUnitOfWork:
    """The repositories over one copy of the tables."""

    def __init__(self, tables: Tables) -> None:
        self.customers: Customers = MemoryCustomers(tables)
        self.services: Services = MemoryServices(tables)
        self.calls: Calls = MemoryCalls(tables)
        self.appointments: Appointments = MemoryAppointments(tables)
        self.appointment_calls: AppointmentCalls = MemoryAppointmentCalls(tables)
        self.attempts: Attempts = MemoryAttempts(tables)
        self.audit: AuditLog = MemoryAudit(tables)
        self.notifications: Notifications = MemoryNotifications(tables)
        self.webhook_events: WebhookEvents = MemoryWebhookEvents(tables)


class MemoryTransactions:
    """Bodies of the memory never wait, so transactions are serial; `crash_in` loses the commit after so many others."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.crash_in: int | None = None

    async def __call__(self, body: Body[T]) -> T:
        working = copy.deepcopy(self.tables)
        result = await body(MemoryUnitOfWork(working))
        if self.crash_in is not None:
            self.crash_in = self.crash_in - 1 if self.crash_in > 0 else None
            if self.crash_in is None:
                raise ConnectionError("the database went away before the commit")
        self.tables = working
        return result
