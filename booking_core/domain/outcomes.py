"""What came of a request, and what a layer said: values to be matched exhaustively."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from booking_core.domain.model import Appointment


class Layer(IntEnum):
    """The four checks, in the order in which they look."""

    FRESHNESS = 1
    CALL_IDENTITY = 2
    EXISTING_APPOINTMENT = 3
    UNIQUE_BOOKING = 4


class Verdict(StrEnum):
    """What a layer can say. A rejection says: this answer is not a fresh booking of this call."""

    FRESH = "fresh"
    STALE = "stale"
    OWN_CALL = "own_call"
    FOREIGN_CALL = "foreign_call"
    UNVERIFIED = "unverified"  # Cal.com left out what the layer looks at
    NOT_STORED = "not_stored"
    ALREADY_STORED = "already_stored"
    INSERTED = "inserted"

    @property
    def rejects(self) -> bool:
        """Whether the answer must be resolved before anything is stored."""
        return self in {Verdict.STALE, Verdict.FOREIGN_CALL, Verdict.ALREADY_STORED}


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """One layer's word on one answer, with the numbers it rests on."""

    layer: Layer
    verdict: Verdict
    reason: str
    age_seconds: float | None = None
    threshold_seconds: float | None = None
    suspicious: bool = False  # createdAt further in the future than the tolerated skew
    expected_call_id: str | None = None
    received_call_id: str | None = None
    existing: Appointment | None = None

    @property
    def rejects(self) -> bool:
        """Whether this verdict turns the answer down (strict settings reject the unverified too)."""
        return self.verdict.rejects


@dataclass(frozen=True, slots=True)
class Booked:
    """A new booking, stored and linked; `verified` names what the layers could prove of it."""

    appointment: Appointment
    verified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovered:
    """This call's own earlier booking, found again and adopted."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Existing:
    """This customer's own earlier appointment in that slot; the call is linked to it."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Cal.com answered with another customer's booking: nothing of it is stored or told."""

    alternatives: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The slot was refused and is nobody's business here."""

    alternatives: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """It cannot be told yet; the attempt is recorded and reconciliation will settle it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was booked and the system cannot say more (`deployed`'s answer to a rejection, or no such service)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The call holds an appointment that somebody wanted to change, and Cal.com cannot be asked what came of that."""

    appointment: Appointment


Outcome = Booked | Recovered | Existing | Duplicate | Unavailable | Pending | Failed | Unsure


class Status(StrEnum):
    """`status` of the answer to the agent."""

    BOOKED = "booked"
    EXISTING = "existing"
    RECOVERED = "recovered"
    UNAVAILABLE = "unavailable"
    DUPLICATE = "duplicate"
    PENDING = "pending"
    UNSURE = "unsure"
    ERROR = "error"
    AVAILABLE = "available"  # these four answer other questions than "book this"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class CallerAnswer:
    """What the agent gets back and says. `alternatives` are instants in UTC, nearest first."""

    success: bool
    status: Status
    message: str
    confirmation: str  # `bestaetigung_status`: confirmed, existing, pending, unavailable or error
    appointment_id: int | None = None
    alternatives: tuple[datetime, ...] = ()
    reminder: str | None = None
