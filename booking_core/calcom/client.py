"""The CalcomClient port over HTTP. A create leaves once; look-ups are asked again with backoff and jitter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import tenacity

from booking_core.calcom import wire
from booking_core.calcom.slots_cache import SlotsCache
from booking_core.calcom.transport import (
    SLOTS_VERSION,
    Ask,
    NoReplyError,
    NotSentError,
    RateLimitedError,
    Reply,
    Transport,
    TransportError,
)
from booking_core.domain.model import BookingRequest, CalcomBooking
from booking_core.ports.calcom import Answered, CalcomUnavailableError, CreateResult, NotSent, Refused, Unknown
from booking_core.ports.world import Clock

PAGE_SIZE = 250  # Cal.com's largest `take`
PAGES_MAX = 400  # 100,000 bookings: far beyond any window that reconciliation asks for

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class RetryLimits:
    """How a look-up is repeated; a wait longer than `patience_s` is not waited for while a caller is on the line."""

    attempts_max: int = 3
    first_wait_s: float = 0.2
    longest_wait_s: float = 2.0
    patience_s: float = 3.0


class HttpCalcomClient:
    """Cal.com API v2, as the core uses it."""

    def __init__(self, *, transport: Transport, cache: SlotsCache, clock: Clock, retries: RetryLimits) -> None:
        self._transport = transport
        self._cache = cache
        self._clock = clock
        self._retries = retries

    async def create_booking(self, request: BookingRequest) -> CreateResult:
        """Send one create request, once. It is never repeated here."""
        return await self._change(Ask("create", "POST", "/v2/bookings", body=wire.encode_create(request), changes=True))

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        """Move; the answer is a NEW booking with a new uid."""
        body = {"start": wire.instant(start), "reschedulingReason": reason}
        return await self._change(Ask("reschedule", "POST", _path(uid, "/reschedule"), body=body, changes=True))

    async def find_bookings(self, attendee_email: str, start: datetime) -> Sequence[CalcomBooking]:
        """Every booking of that attendee starting at that instant, live or not."""
        params = {"attendeeEmail": attendee_email, "afterStart": wire.instant(start), "sortStart": "asc"}
        found: list[CalcomBooking] = []
        for skip in range(0, PAGES_MAX * PAGE_SIZE, PAGE_SIZE):
            page = await self._page("find", params, skip)
            found += [booking for booking in page.bookings if booking.start == start]
            # Ascending by start: a page that ends later than `start` is the last that can hold one.
            if not page.has_next or page.bookings[-1].start > start:
                return found
        raise CalcomUnavailableError("Cal.com lists more bookings than can be read")

    async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
        """Every booking in the window, all pages."""
        params = {"afterStart": wire.instant(after_start), "beforeEnd": wire.instant(before_end), "sortStart": "asc"}
        found: dict[str, CalcomBooking] = {}  # by uid: rows shift between pages when somebody books meanwhile
        for skip in range(0, PAGES_MAX * PAGE_SIZE, PAGE_SIZE):
            page = await self._page("list", params, skip)
            found |= {booking.uid: booking for booking in page.bookings}
            if not page.has_next:
                return list(found.values())
        raise CalcomUnavailableError("Cal.com lists more bookings than can be read")

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        """The booking, or None when Cal.com does not know it."""
        reply = await self._look_up(Ask("get", "GET", _path(uid)))
        return None if reply.status == 404 else _parse(reply, wire.read_booking)

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        """Cancel; None when that did it. Asked again, it is a refusal that `is_over`: nothing is cancelled twice."""
        body = {"cancellationReason": reason}
        reply = await self._look_up(Ask("cancel", "POST", _path(uid, "/cancel"), body=body, changes=True))
        if reply.status < 300:
            return None
        if reply.status < 400:
            raise CalcomUnavailableError(f"Cal.com answered {reply.status}")
        return _refusal(reply)

    async def free_starts(self, event_type_id: int, start: datetime, end: datetime) -> Sequence[datetime]:
        """Free starts in the window, ascending; may be 2 s old at Cal.com and is cached here until a booking."""
        known = self._cache.get(event_type_id, (start, end))
        if known is not None:
            return known
        asked_at = self._clock.monotonic()
        params = {"eventTypeId": str(event_type_id), "start": wire.instant(start), "end": wire.instant(end)}
        reply = await self._look_up(Ask("slots", "GET", "/v2/slots", version=SLOTS_VERSION, params=params))
        # Cal.com reads an `end` at midnight as the end of that day, so the window is cut here.
        starts = tuple(free for free in _parse(reply, wire.read_starts) if start <= free < end)
        self._cache.put(event_type_id, (start, end), starts, asked_at)
        return starts

    def forget_free_starts(self, event_type_id: int) -> None:
        """Drop the cached starts of that event type: something was booked, moved or cancelled."""
        self._cache.forget(event_type_id)

    async def _change(self, ask: Ask) -> CreateResult:
        try:
            reply = await self._transport.send(ask)
        except (NotSentError, RateLimitedError) as error:
            return NotSent(str(error))
        except NoReplyError as error:
            return Unknown(str(error))
        if 400 <= reply.status < 500:
            return _refusal(reply)
        if reply.status >= 300:
            return Unknown(f"Cal.com answered {reply.status}")
        try:
            return Answered(wire.read_booking(reply.body))
        except wire.WireError as error:
            return Unknown(f"Cal.com answered {reply.status}, but {error}")

    async def _page(self, operation: str, params: dict[str, str], skip: int) -> wire.BookingPage:
        window = params | {"take": str(PAGE_SIZE), "skip": str(skip)}
        page = _parse(await self._look_up(Ask(operation, "GET", "/v2/bookings", params=window)), wire.read_booking_page)
        return page if page.bookings else wire.BookingPage((), has_next=False)

    async def _look_up(self, ask: Ask) -> Reply:
        """Ask, again when nothing came or Cal.com stumbled; 4xx answers come back as they are."""
        repeat = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._retries.attempts_max),
            wait=self._wait_s,
            retry=tenacity.retry_if_exception(self._is_worth_repeating),
            sleep=asyncio.sleep,
            reraise=True,
        )
        try:
            return await repeat(self._send_for_reading, ask)
        except TransportError as error:
            raise CalcomUnavailableError(f"{ask.operation}: {error}") from error

    async def _send_for_reading(self, ask: Ask) -> Reply:
        reply = await self._transport.send(ask)
        if reply.status >= 500:
            raise NoReplyError(f"Cal.com answered {reply.status}")
        return reply

    def _is_worth_repeating(self, error: BaseException) -> bool:
        if isinstance(error, RateLimitedError):
            return error.wait_s <= self._retries.patience_s
        return isinstance(error, TransportError)

    def _wait_s(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimitedError):
            return error.wait_s
        return tenacity.wait_random_exponential(self._retries.first_wait_s, self._retries.longest_wait_s)(state)


def _path(uid: str, action: str = "") -> str:
    return f"/v2/bookings/{quote(uid, safe='')}{action}"


def _parse(reply: Reply, read: Callable[[bytes], Parsed]) -> Parsed:
    """What a look-up told; anything but a readable 2xx is no answer to the question."""
    if reply.status >= 300:
        raise CalcomUnavailableError(f"Cal.com answered {reply.status}")
    try:
        return read(reply.body)
    except wire.WireError as error:
        raise CalcomUnavailableError(f"Cal.com answered {reply.status}, but {error}") from error


def _refusal(reply: Reply) -> Refused:
    return Refused(reply.status, wire.error_message(reply.body))
