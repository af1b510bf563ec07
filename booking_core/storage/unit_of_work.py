"""The repositories of one open transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from booking_core.ports.storage import (
    AppointmentCalls,
    Appointments,
    Attempts,
    AuditLog,
    Calls,
    Customers,
    Notifications,
    Services,
    WebhookEvents,
)
from booking_core.ports.world import Ids
from booking_core.storage.repositories.appointment_calls import SqlAppointmentCalls
from booking_core.storage.repositories.appointments import SqlAppointments
from booking_core.storage.repositories.attempts import SqlAttempts
from booking_core.storage.repositories.audit import SqlAuditLog
from booking_core.storage.repositories.calls import SqlCalls
from booking_core.storage.repositories.customers import SqlCustomers
from booking_core.storage.repositories.notifications import SqlNotifications
from booking_core.storage.repositories.services import SqlServices
from booking_core.storage.repositories.webhook_events import SqlWebhookEvents
from booking_core.storage.row_access import RowAccess


class SqlUnitOfWork:
    """Every repository on one connection; whoever opened its transaction ends it."""

    def __init__(self, connection: AsyncConnection, ids: Ids) -> None:
        rows = RowAccess(connection, ids)
        self.customers: Customers = SqlCustomers(rows)
        self.services: Services = SqlServices(rows)
        self.calls: Calls = SqlCalls(rows)
        self.appointments: Appointments = SqlAppointments(rows)
        self.appointment_calls: AppointmentCalls = SqlAppointmentCalls(rows)
        self.attempts: Attempts = SqlAttempts(rows)
        self.audit: AuditLog = SqlAuditLog(rows)
        self.notifications: Notifications = SqlNotifications(rows)
        self.webhook_events: WebhookEvents = SqlWebhookEvents(rows)
