"""What was logged, as values: rows of the gateway, bookings of Cal.com, what callers were told, and log lines.

Each is an entry of a list of the file that `log_file.py` reads; `incident_b.json` beside this file shows every member.
Instants carry their offset; the gateway's are whole seconds, Cal.com's milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking_core.domain.outcomes import Layer, Status, Verdict
from booking_core.web.german_dates import parse_day
from booking_core.web.german_times import parse_time, start_instant
from booking_core.web.wording import WordingError

BERLIN = ZoneInfo("Europe/Berlin")
ONE_SECOND = timedelta(seconds=1)
_TURNED_DOWN = {Status.UNAVAILABLE, Status.DUPLICATE}


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A row of `calls`, and the caller's name."""

    id: int
    retell_call_id: str
    customer_id: int
    name: str
    appointment_id: int | None


@dataclass(frozen=True, slots=True)
class LoggedWish:
    """A caller took a time. `told`: the status that was answered; `offered`: how many free times were told before.

    A call's wishes stand in the order in which they came. `at` null: not logged, some time before the call's next wish.
    """

    call: int
    at: datetime | None
    day: str
    time: str
    told: Status
    offered: int | None = None

    def names(self, booking: LoggedBooking) -> bool:
        """Whether day and time are the booking's start; a day such as `morgen` counts from when that was made."""
        try:
            day = parse_day(self.day, booking.createdAt.astimezone(BERLIN).date())
            return start_instant(day, parse_time(self.time), BERLIN) == booking.start
        except WordingError:
            return False


@dataclass(frozen=True, slots=True)
class LoggedAppointment:
    """A row of `appointments`; `created_at` is a whole second of the gateway's clock."""

    id: int
    call_id: int
    customer_id: int
    calcom_v2_booking_id: str
    starts_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedBooking:
    """What Cal.com says of a booking; `createdAt` by Cal.com's clock, `call_id` from its metadata."""

    uid: str
    id: int | None
    start: datetime
    createdAt: datetime  # noqa: N815 - Cal.com's own name
    status: str
    call_id: str
    attendee_name: str
    attendee_email: str


@dataclass(frozen=True, slots=True)
class LoggedTaken:
    """A start that somebody held at Cal.com before the first call; nothing else was logged of that booking."""

    start: datetime


@dataclass(frozen=True, slots=True)
class LoggedAnswer:
    """A log line: Cal.com answered the call with that booking, which was so old by the gateway's clock."""

    call: int
    booking: str
    age_s: float


@dataclass(frozen=True, slots=True)
class LoggedWord:
    """A log line: what a layer said of an answer to the call; `verdict` null: that layer never looked at one."""

    call: int
    layer: Layer
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Logged:
    """Everything of one incident."""

    incident: str
    calls: tuple[LoggedCall, ...]
    wishes: tuple[LoggedWish, ...]
    appointments: tuple[LoggedAppointment, ...]
    bookings: tuple[LoggedBooking, ...]
    taken: tuple[LoggedTaken, ...] = ()
    answers: tuple[LoggedAnswer, ...] = ()
    layers: tuple[LoggedWord, ...] = ()

    def call(self, call_id: int) -> LoggedCall:
        """The call of that number."""
        return next(call for call in self.calls if call.id == call_id)

    def wishes_of(self, call_id: int) -> list[LoggedWish]:
        """What that call wanted, in the order in which it came."""
        return [wish for wish in self.wishes if wish.call == call_id]

    def bookings_of(self, call_id: int) -> list[LoggedBooking]:
        """The bookings that this very call made."""
        made_by = self.call(call_id).retell_call_id
        return [booking for booking in self.bookings if booking.call_id == made_by]

    def booking_by(self, wish: LoggedWish) -> LoggedBooking | None:
        """The booking that this very wish made: the first of its call that names the start and is not turned down."""
        wishes = [one for one in self.wishes_of(wish.call) if one.told not in _TURNED_DOWN]
        for booking in self.bookings_of(wish.call):
            if next((one for one in wishes if one.names(booking)), None) is wish:
                return booking
        return None

    def answered_at(self, wish: LoggedWish) -> datetime | None:
        """When Cal.com answered the wish by the gateway's clock, where the age of the answer tells more than `at`."""
        if wish.at is None:
            return None
        created = {booking.uid: booking.createdAt for booking in self.bookings}
        ages = [(created[line.booking], line.age_s) for line in self.answers if line.call == wish.call]
        instants = (created_at + timedelta(seconds=age_s) for created_at, age_s in ages)
        return next((instant for instant in instants if wish.at <= instant < wish.at + ONE_SECOND), None)

    def skews_s(self) -> tuple[float, float] | None:
        """Above the first and up to the second: seconds by which Cal.com's clock may have been ahead.

        A row is written in the instant of its booking, or after it, and shows whole seconds. None: no row shows its
        own call's booking, or no skew fits all.
        """
        return _bounds(
            (booking.createdAt - row.created_at) / ONE_SECOND
            for row in self.appointments
            for booking in self.bookings_of(row.call_id)
            if booking.uid == row.calcom_v2_booking_id
        )

    def skews_by_wishes_s(self) -> tuple[float, float] | None:
        """The same by the seconds of the wishes that made bookings: a hint only, an answer may have taken its time."""
        made = [(self.booking_by(wish), wish.at) for wish in self.wishes]
        return _bounds((booking.createdAt - at) / ONE_SECOND for booking, at in made if booking is not None and at)


def _bounds(seconds_ahead: Iterable[float]) -> tuple[float, float] | None:
    """What fits all of them, each counted from the beginning of a whole second of the gateway's clock."""
    ahead = list(seconds_ahead)
    if not ahead or max(ahead) - 1 >= min(ahead):
        return None
    return max(ahead) - 1, min(ahead)
