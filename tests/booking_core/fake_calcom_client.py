"""Cal.com in memory, as the core's port sees it: one host, the existing-booking rule, and faults on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from booking_core.domain.model import BookingRequest, CalcomBooking
from booking_core.ports.calcom import Answered, CalcomUnavailableError, CreateResult, NotSent, Refused, Unknown
from booking_core.ports.world import Clock

TAKEN = Refused(400, "User either already has booking at this time or is not available")


class Fault(Enum):
    """What befalls the next create request."""

    REPLY_LOST = auto()  # booked there, nothing heard here
    REQUEST_LOST = auto()
    NOT_SENT = auto()


@dataclass(slots=True)
class FakeCalcom:
    """Answers as Cal.com does; `round_robin` repeats of one attendee and start get the first booking back."""

    clock: Clock
    round_robin: bool = True
    hosts: int = 1
    skew_s: float = 0.0  # how far Cal.com's clock is ahead of the gateway's
    down: bool = False
    requires_confirmation: bool = False
    faults: list[Fault] = field(default_factory=list)
    before_giving_up: Callable[[], Awaitable[object]] | None = None  # what happens once, while a request is waited for
    bookings: dict[str, CalcomBooking] = field(default_factory=dict)
    requests: list[BookingRequest] = field(default_factory=list)
    free: list[datetime] = field(default_factory=list)

    async def create_booking(self, request: BookingRequest) -> CreateResult:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if self.down or fault is Fault.NOT_SENT:
            return NotSent("the breaker is open")
        if fault is Fault.REQUEST_LOST:
            return await self._give_up()
        await asyncio.sleep(0)  # requests at the same time take turns here, before and after Cal.com's commit
        result = self._book(request)
        await asyncio.sleep(0)
        return await self._give_up() if fault is Fault.REPLY_LOST else result

    async def _give_up(self) -> Unknown:
        meanwhile, self.before_giving_up = self.before_giving_up, None
        if meanwhile is not None:
            await meanwhile()
        return Unknown("time-out")

    def _book(self, request: BookingRequest) -> CreateResult:
        there = self.live_at(request.start)
        for booking in there if self.round_robin else ():
            if booking.attendee is not None and booking.attendee.email == request.attendee.email:
                return Answered(booking)
        if len(there) >= self.hosts:
            return TAKEN
        return Answered(self.add(request))

    def add(self, request: BookingRequest) -> CalcomBooking:
        number = 11489800 + len(self.bookings)
        created_at = self.clock.now() + timedelta(seconds=self.skew_s)
        booking = CalcomBooking(
            uid=f"uid-{number}",
            number=number,
            status="pending" if self.requires_confirmation else "accepted",
            start=request.start,
            end=request.start + timedelta(minutes=15),
            event_type_id=request.event_type_id,
            created_at=created_at,
            metadata=dict(request.metadata),
            attendee=request.attendee,
        )
        self.bookings[booking.uid] = booking
        return booking

    def live_at(self, start: datetime) -> list[CalcomBooking]:
        return [b for b in self.bookings.values() if b.is_live and b.start == start]

    def change(self, uid: str, **changes: object) -> CalcomBooking:
        self.bookings[uid] = replace(self.bookings[uid], **changes)  # type: ignore[arg-type]  # names are the fields'
        return self.bookings[uid]

    async def find_bookings(self, attendee_email: str, start: datetime) -> Sequence[CalcomBooking]:
        await asyncio.sleep(0)
        self._ask()
        found = (b for b in self.bookings.values() if b.start == start and b.attendee is not None)
        return [b for b in found if b.attendee is not None and b.attendee.email == attendee_email]

    async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
        await asyncio.sleep(0)
        self._ask()
        return [b for b in self.bookings.values() if after_start <= b.start and b.end <= before_end]

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        await asyncio.sleep(0)
        self._ask()
        return self.bookings.get(uid)

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        await asyncio.sleep(0)
        self._ask()
        if uid not in self.bookings:
            return Refused(404, f"Booking with uid={uid} not found")
        if not self.bookings[uid].is_live:
            return Refused(400, f"Can't cancel booking with uid={uid} because it has been cancelled already.")
        self.change(uid, status="cancelled")
        return None

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        fault = self.faults.pop(0) if self.faults else None
        if self.down or fault is Fault.NOT_SENT:
            return NotSent("the breaker is open")
        if fault is Fault.REQUEST_LOST:
            return Unknown("time-out")
        old = self.bookings[uid]
        if self.live_at(start):
            return TAKEN
        assert old.attendee is not None
        moved = self.add(BookingRequest(old.event_type_id or 0, start, old.attendee, old.metadata))
        self.change(uid, status="cancelled")
        return Unknown("time-out") if fault is Fault.REPLY_LOST else Answered(moved)

    async def free_starts(self, event_type_id: int, start: datetime, end: datetime) -> Sequence[datetime]:
        self._ask()
        return [free for free in self.free if start <= free < end and not self.live_at(free)]

    def forget_free_starts(self, event_type_id: int) -> None:
        pass

    def _ask(self) -> None:
        if self.down:
            raise CalcomUnavailableError("down")
