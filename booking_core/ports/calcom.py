"""Cal.com as the core uses it, and the four things that can come of a create request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from booking_core.domain.model import BookingRequest, CalcomBooking


@dataclass(frozen=True, slots=True)
class Answered:
    """Cal.com answered 2xx with a booking; whether it is new, nobody knows yet."""

    booking: CalcomBooking


@dataclass(frozen=True, slots=True)
class Refused:
    """Cal.com refused with a 4xx; `message` is Cal.com's own, from either of its error shapes."""

    http_status: int
    message: str

    @property
    def concerns_slot(self) -> bool:
        """Whether the refusal says that the slot cannot be had (and not that the request was wrong)."""
        return self.http_status == 409 or (self.http_status == 400 and _SLOT_REFUSALS.intersects(self.message))

    @property
    def is_over(self) -> bool:
        """Whether a booking could not be cancelled because it is cancelled, or moved, already."""
        return "has been cancelled already" in self.message


@dataclass(frozen=True, slots=True)
class Unknown:
    """Time-out, broken connection, 5xx or an unreadable answer: the booking may exist."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request never left (breaker open, rate limit): the booking does not exist."""

    reason: str


CreateResult = Answered | Refused | Unknown | NotSent


class _Phrases:
    """Parts of Cal.com's sentences that speak of the slot (bookings 2024-08-13, business errors)."""

    def __init__(self, *parts: str) -> None:
        self._parts = parts

    def intersects(self, message: str) -> bool:
        return any(part in message for part in self._parts)


_SLOT_REFUSALS = _Phrases(
    "already has booking at this time or is not available",
    'can\'t be booked at the "start" time provided',
    "Attempting to book a meeting in the past",
)


class CalcomUnavailableError(Exception):
    """Cal.com could not be asked (down, rate-limited, breaker open): a look-up has no answer. Try later."""


class CalcomClient(Protocol):
    """Cal.com as the core uses it. Look-ups raise CalcomUnavailableError; a create never raises."""

    async def create_booking(self, request: BookingRequest) -> CreateResult:
        """Send one create request, once. It is never repeated here."""

    async def find_bookings(self, attendee_email: str, start: datetime) -> Sequence[CalcomBooking]:
        """Every booking of that attendee starting at that instant, live or not."""

    async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
        """Every booking in the window, all pages."""

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        """The booking, or None when Cal.com does not know it."""

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        """Cancel; None when that did it; a refusal that `is_over` when it was cancelled, or moved, before."""

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        """Move; the answer is a NEW booking with a new uid."""

    async def free_starts(self, event_type_id: int, start: datetime, end: datetime) -> Sequence[datetime]:
        """Free starts in the window, ascending; may be 2 s old at Cal.com and is cached here until a booking."""

    def forget_free_starts(self, event_type_id: int) -> None:
        """Drop the cached starts of that event type: something was booked, moved or cancelled."""
