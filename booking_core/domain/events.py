"""Facts that the core tells its observers (logs, metrics, alerts, a replay's timeline). Past tense, ids only.

No event carries a name, a phone number or an e-mail address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import LayerVerdict, Status


@dataclass(frozen=True, slots=True)
class BookingRequested:
    """The gateway was asked to book, cancel or move."""

    call_id: int
    retell_call_id: str
    entry: Entry
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """Cal.com answered a create request with a booking."""

    call_id: int
    booking_uid: str
    created_at: datetime | None
    age_seconds: float | None
    sent_call_id: str
    received_call_id: str | None


@dataclass(frozen=True, slots=True)
class CreateRefused:
    """Cal.com refused a create request."""

    call_id: int
    http_status: int
    message: str


@dataclass(frozen=True, slots=True)
class CreateUnknown:
    """No usable answer came: the booking may or may not exist."""

    call_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class LayerJudged:
    """A layer said its word; `deciding` marks the rejection that ended the booking's normal way."""

    call_id: int
    customer_id: int
    booking_uid: str
    created_at: datetime | None
    verdict: LayerVerdict
    deciding: bool
    seconds: float  # what the layer took, by a monotonic clock


@dataclass(frozen=True, slots=True)
class FalselyRejected:
    """A rejected answer turned out to be this call's own booking."""

    call_id: int
    booking_uid: str
    layer: int


@dataclass(frozen=True, slots=True)
class ConstraintViolated:
    """The database refused a second row for one booking (Layer 4)."""

    call_id: int
    booking_uid: str


@dataclass(frozen=True, slots=True)
class BookingSettled:
    """The request has its outcome."""

    call_id: int
    entry: Entry
    status: Status
    appointment_id: int | None
    booking_uid: str | None
    verified: tuple[str, ...] = ()  # e.g. ("freshness", "call_identity")


@dataclass(frozen=True, slots=True)
class GhostFound:
    """A booking at Cal.com had no appointment here."""

    booking_uid: str
    settled_as: str


@dataclass(frozen=True, slots=True)
class OrphanFound:
    """An appointment here had no live booking at Cal.com."""

    appointment_id: int
    settled_as: str


@dataclass(frozen=True, slots=True)
class CalcomAsked:
    """One HTTP request to Cal.com ended: `result` is its status as text, or why none came."""

    operation: str  # create, find, list, get, cancel, reschedule, slots
    result: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BreakerMoved:
    """The circuit breaker before Cal.com changed its state: closed, open or half_open."""

    state: str


@dataclass(frozen=True, slots=True)
class UnsettledCounted:
    """How many attempts wait for reconciliation, and the age of the oldest (0 when none)."""

    count: int
    oldest_seconds: float


Event = (
    BookingRequested
    | AnswerReceived
    | CreateRefused
    | CreateUnknown
    | LayerJudged
    | FalselyRejected
    | ConstraintViolated
    | BookingSettled
    | GhostFound
    | OrphanFound
    | CalcomAsked
    | BreakerMoved
    | UnsettledCounted
)
