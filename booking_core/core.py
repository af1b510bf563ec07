"""What the gateway can do, as one value: `bootstrap` fills it, `web` and the jobs use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from booking_core.domain.commands import (
    BookAppointment,
    CreateFromCall,
    ListFreeStarts,
    RecordCall,
)
from booking_core.domain.outcomes import CallerAnswer
from booking_core.ports.storage import Transactions
from booking_core.ports.world import Clock, Observer

Command = TypeVar("Command")
Asked: TypeAlias = Callable[[Command], Awaitable[CallerAnswer]]
Told: TypeAlias = Callable[[Command], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The use cases, ready to be called, and what their surroundings share with those who call them."""

    book: Asked[BookAppointment]
    create_from_call: Asked[CreateFromCall]
    list_free_starts: Asked[ListFreeStarts]
    record_call: Told[RecordCall]
    transactions: Transactions
    clock: Clock
    tell: Observer
