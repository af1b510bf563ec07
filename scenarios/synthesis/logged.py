"""What was logged, as values: rows of the gateway, bookings of Cal.com, and what callers were told.

The file is a JSON object with the lists `calls`, `wishes`, `appointments` and `bookings`; `incident_a.json` beside
this file shows every member. Instants carry their offset; the gateway's are whole seconds, Cal.com's milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from scenarios.errors import UsageError

BYTES_MAX = 1024 * 1024
Entry = TypeVar("Entry")


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
    """A caller took a time. `told`: the status that was answered; `offered`: how many free times were told before."""

    call: int
    at: datetime
    day: str
    time: str
    told: str
    offered: int | None = None


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
class Logged:
    """Everything of one incident."""

    incident: str
    calls: tuple[LoggedCall, ...]
    wishes: tuple[LoggedWish, ...]
    appointments: tuple[LoggedAppointment, ...]
    bookings: tuple[LoggedBooking, ...]

    def call(self, call_id: int) -> LoggedCall:
        """The call of that number."""
        return next(call for call in self.calls if call.id == call_id)

    def booking_of(self, call: LoggedCall) -> LoggedBooking | None:
        """The booking that this very call made."""
        return next((booking for booking in self.bookings if booking.call_id == call.retell_call_id), None)

    def skews_s(self) -> tuple[float, float] | None:
        """Above the first and up to the second: seconds by which Cal.com's clock may have been ahead.

        A row is written in the instant of its booking, or after it, and shows whole seconds. None: no skew fits all.
        """
        low, high = float("-inf"), float("inf")
        for row in self.appointments:
            booking = self.booking_of(self.call(row.call_id))
            if booking is not None and booking.uid == row.calcom_v2_booking_id:
                ahead_s = (booking.createdAt - row.created_at) / timedelta(seconds=1)
                low, high = max(low, ahead_s - 1), min(high, ahead_s)
        return (low, high) if low < high < float("inf") else None


def read_logged(path: Path) -> Logged:
    """The file's content; UsageError says what is wrong, where, and what was expected."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise UsageError(f"{path}: larger than {BYTES_MAX} bytes")
        content = json.loads(path.read_bytes())
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from None
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path}: is not JSON: {problem}") from None
    try:
        return logged_from(content)
    except UsageError as problem:
        raise UsageError(f"{path}: {problem}") from None


def logged_from(content: Any) -> Logged:
    """The JSON value as an incident; UsageError with the place of what is wrong."""
    if not isinstance(content, dict):
        raise UsageError("expected an object")
    logged = Logged(
        incident=str(content.get("incident", "an incident")),
        calls=_entries(content, "calls", LoggedCall),
        wishes=_entries(content, "wishes", LoggedWish),
        appointments=_entries(content, "appointments", LoggedAppointment),
        bookings=_entries(content, "bookings", LoggedBooking),
    )
    _check_references(logged)
    return logged


def _check_references(logged: Logged) -> None:
    known = {call.id for call in logged.calls}
    if len(known) != len(logged.calls):
        raise UsageError("calls: two of them have the same id")
    if not logged.wishes:
        raise UsageError("wishes: expected at least one")
    named = [(f"wishes[{n}].call", wish.call) for n, wish in enumerate(logged.wishes)]
    named += [(f"appointments[{n}].call_id", row.call_id) for n, row in enumerate(logged.appointments)]
    for where, call_id in named:
        if call_id not in known:
            raise UsageError(f"{where}: there is no call {call_id}")


def _entries(content: dict[str, Any], name: str, kind: type[Entry]) -> tuple[Entry, ...]:
    given = content.get(name)
    if not isinstance(given, list):
        raise UsageError(f"{name}: expected a list")
    return tuple(_entry(value, f"{name}[{number}]", kind) for number, value in enumerate(given))


def _entry(value: Any, where: str, kind: type[Entry]) -> Entry:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: expected an object")
    shape = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    for name in value:
        if name not in shape:
            raise UsageError(f"{where}.{name}: not known; expected {', '.join(shape)}")
    read: dict[str, Any] = {}
    for name, field in shape.items():
        if name in value:
            read[name] = _value(value[name], f"{where}.{name}", str(field.type))
        elif field.default is MISSING:
            raise UsageError(f"{where}.{name}: missing")
    return kind(**read)


def _value(value: Any, where: str, kind: str) -> Any:
    if value is None and kind.endswith("| None"):
        return None
    match kind.removesuffix(" | None"):
        case "int" if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
        case "str" if isinstance(value, str) and value:
            return value
        case "datetime" if isinstance(value, str):
            return _instant(value, where)
        case wanted:
            raise UsageError(f"{where}: expected {_WANTED[wanted]}")


_WANTED = {"int": "a whole number from 0", "str": "a text", "datetime": "an ISO 8601 instant with its offset"}


def _instant(text: str, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{where}: expected {_WANTED['datetime']}") from None
    if instant.tzinfo is None or not 2000 <= instant.year <= 2100:
        raise UsageError(f"{where}: expected {_WANTED['datetime']}, between 2000 and 2100")
    return instant.astimezone(UTC)
