"""What the gateway can do, as one value: `bootstrap` fills it, `web` and the jobs use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from booking_core.domain.commands import (
    BookAppointment,
    CancelAppointment,
    CreateFromCall,
    ListFreeStarts,
    ReceiveWebhook,
    RecordCall,
    RescheduleAppointment,
)
from booking_core.domain.outcomes import CallerAnswer
from booking_core.ports.storage import Transactions
from booking_core.ports.world import Clock, Observer
from booking_core.service.reconcile import ReconcileReport

Command = TypeVar("Command")
Asked: TypeAlias = Callable[[Command], Awaitable[CallerAnswer]]
Told: TypeAlias = Callable[[Command], Awaitable[Any]]
Job: TypeAlias = Callable[[], Awaitable[Any]]


class Reconcile(Protocol):
    """The job that finds ghosts, orphans and unknown attempts; without `apply` it only tells of them."""

    async def __call__(self, *, apply: bool = True) -> ReconcileReport:
        """One round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The use cases, ready to be called, and what their surroundings share with those who call them."""

    book: Asked[BookAppointment]
    create_from_call: Asked[CreateFromCall]
    list_free_starts: Asked[ListFreeStarts]
    cancel: Asked[CancelAppointment]
    reschedule: Asked[RescheduleAppointment]
    record_call: Told[RecordCall]
    receive_webhook: Told[ReceiveWebhook]
    reconcile: Reconcile
    send_notifications: Job
    transactions: Transactions
    clock: Clock
    tell: Observer
