"""What the gateway can be asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from booking_core.domain.model import CalcomBooking


class Entry(StrEnum):
    """The way in: the agent's function call during the call, or the stored call after it."""

    COLLECT = "collect"
    AFTER_CALL = "after_call"


class Language(StrEnum):
    """What the agent speaks."""

    GERMAN = "de"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as far as the call tells."""

    retell_call_id: str
    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """Book `service` (its name; None is the only or default one) for the caller at `start` (UTC).

    `asked_at` is when Retell signed the request, by its own clock: it puts the requests of one call in order.
    """

    caller: Caller
    start: datetime
    service: str | None = None
    entry: Entry = Entry.COLLECT
    language: Language = Language.GERMAN
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListFreeStarts:
    """The caller asks which times are free on a day (a date in the business's time zone)."""

    caller: Caller
    day: date
    service: str | None = None
    language: Language = Language.GERMAN


@dataclass(frozen=True, slots=True)
class CancelAppointment:
    """Cancel the caller's appointment at `start`, or the next one when it is None; `asked_at` as in booking."""

    caller: Caller
    start: datetime | None = None
    language: Language = Language.GERMAN
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RescheduleAppointment:
    """Move the caller's appointment (at `old_start`, or the next one) to `new_start`; `asked_at` as in booking."""

    caller: Caller
    new_start: datetime
    old_start: datetime | None = None
    language: Language = Language.GERMAN
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Keep a call and, when its caller said so, what appointment was wanted (`wish`), to be booked after the call."""

    retell_call_id: str
    from_number: str | None = None
    wish: BookAppointment | None = None


@dataclass(frozen=True, slots=True)
class CreateFromCall:
    """Book what the stored call asked for; `asked_at` is when Retell signed the event that says so."""

    retell_call_id: str
    language: Language = Language.GERMAN
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceiveWebhook:
    """Cal.com tells that something happened to a booking (the signature has been checked).

    `booking` is the payload's booking, its status in lower case and without createdAt; `previous_uid` is the booking
    it replaces (BOOKING_RESCHEDULED). Equal `dedup_key`s are the same event: the SHA-256 of the raw body.
    """

    trigger: str
    dedup_key: str
    booking: CalcomBooking
    body: dict[str, Any]
    previous_uid: str | None = None
