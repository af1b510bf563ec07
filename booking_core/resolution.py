"""Resolution: what an answer means that is not a fresh booking of this call. Pure; the service carries it out.

Main flow: `resolve_answer` for a booking that a layer turned down, `resolve_refusal` for a slot that was refused.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.model import Appointment, Attendee, CalcomBooking, Call


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked. `email` is a real one; `own_address` is an attendee address that only this call ever sends."""

    call_id: int
    retell_call_id: str
    customer_id: int
    name: str
    phone: str | None = None
    email: str | None = None
    attempt_keys: frozenset[str] = frozenset()
    own_address: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the local database knows of a booking: its row, and the call that its metadata names.

    `given_up`: that call's customer has cancelled what the same attempt had booked: this is a late create of it.
    """

    appointment: Appointment | None = None
    original_call: Call | None = None
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class RecoverOwn:
    """It is this call's own booking: write the row if it is missing, link the call."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """This customer's row was cancelled here, but the cancellation never arrived there."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class LinkExisting:
    """This customer holds the appointment already: link the call, say so."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class AdoptAndLink:
    """This customer's earlier booking has no row: write it for the call that made it, then link this call."""

    original_call_id: int | None


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A late create of a call that has given its appointment up: the asker, its customer too, gets the time."""


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Nothing here is the asker's. `foreign` when a booking of somebody else was answered."""

    foreign: bool


Decision = RecoverOwn | Reopen | LinkExisting | AdoptAndLink | TakeOver | TurnAway


def resolve_answer(booking: CalcomBooking, asker: Asker, known: Known, now: datetime) -> Decision:
    """Whose booking the turned-down answer is, and what to do about it (first the row's word, then the booking's)."""
    own = is_own(booking, asker)
    if not (own or _is_the_askers(booking, asker, known)):
        return TurnAway(foreign=True)
    if not booking.is_live:
        return TurnAway(foreign=False)
    if known.appointment is None:
        return RecoverOwn() if own else _adopt_if_ahead(booking, known, now)
    if not known.appointment.is_live:
        return Reopen(known.appointment)
    if own or known.appointment.call_id == asker.call_id:
        return RecoverOwn()
    return LinkExisting(known.appointment) if known.appointment.starts_at > now else TurnAway(foreign=False)


def resolve_refusal(live_here: Appointment | None, asker: Asker, now: datetime) -> RecoverOwn | LinkExisting | None:
    """What a refused slot means for a customer whose live appointment there is `live_here`; None: nothing yet."""
    if live_here is None:
        return None
    if live_here.call_id == asker.call_id:
        return RecoverOwn()
    return LinkExisting(live_here) if live_here.starts_at > now else None


def is_own(booking: CalcomBooking, asker: Asker) -> bool:
    """Whether this very call made the booking: its id, the key of one of its attempts, or its own address says so."""
    if booking.retell_call_id is not None:
        return booking.retell_call_id == asker.retell_call_id
    if booking.metadata.get("attempt_key") in asker.attempt_keys:
        return True
    address = booking.attendee.email if booking.attendee else None
    return address is not None and address == asker.own_address


def is_same_person(attendee: Attendee | None, asker: Asker) -> bool:
    """By phone when both tell one, else by name and a real e-mail; `asker.email` is never the shared fallback."""
    if attendee is None:
        return False
    if attendee.phone and asker.phone:
        return _digits(attendee.phone) == _digits(asker.phone)
    if not attendee.email or not asker.email:
        return False
    return attendee.email.casefold() == asker.email.casefold() and _plain(attendee.name) == _plain(asker.name)


def _is_the_askers(booking: CalcomBooking, asker: Asker, known: Known) -> bool:
    if known.appointment is not None:
        return known.appointment.customer_id == asker.customer_id
    if known.original_call is not None and known.original_call.customer_id is not None:
        return known.original_call.customer_id == asker.customer_id
    return is_same_person(booking.attendee, asker)


def _adopt_if_ahead(booking: CalcomBooking, known: Known, now: datetime) -> Decision:
    if booking.start <= now:
        return TurnAway(foreign=False)
    if known.given_up:
        return TakeOver()
    return AdoptAndLink(known.original_call.id if known.original_call else None)


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
