"""Which appointment a caller means who wants to cancel or move one. A repeat of the same call means the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.commands import Caller
from booking_core.domain.model import Appointment, Call, CallRelation
from booking_core.ports.storage import UnitOfWork
from booking_core.service.wish import find_customer, find_or_add_call


@dataclass(frozen=True, slots=True)
class Meant:
    """A caller's own appointment and the call that speaks of it."""

    call: Call
    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks about which appointment: the one at `start`, or the next one when it is None.

    `moved_to` is where a repeat of the question finds the appointment when the first one was carried out.
    """

    caller: Caller
    start: datetime | None
    relation: CallRelation
    moved_to: datetime | None = None


async def find_meant(uow: UnitOfWork, question: Question, now: datetime, fallback_email: str) -> Meant | None:
    """Find it and note the call's relation to it, so that Retell's repeat of the call does not mean the next one."""
    call = await find_or_add_call(uow, question.caller.retell_call_id, question.caller.phone, now)
    appointment = await _earlier_meant(uow, call, question) or await _held(uow, call, question, now, fallback_email)
    if appointment is None:
        return None
    await uow.appointment_calls.add(appointment.id, call.id, question.relation, now)
    return Meant(call, appointment)


async def _earlier_meant(uow: UnitOfWork, call: Call, question: Question) -> Appointment | None:
    meant_id = await uow.appointment_calls.last_of_call(call.id, question.relation)
    meant = await uow.appointments.get(meant_id) if meant_id is not None else None
    if meant is None or question.start is None or meant.starts_at in {question.start, question.moved_to}:
        return meant
    return None


async def _held(
    uow: UnitOfWork, call: Call, question: Question, now: datetime, fallback_email: str
) -> Appointment | None:
    customer = await find_customer(uow, call, question.caller, fallback_email)
    if customer is None:
        return None
    if question.start is None:
        return await uow.appointments.next_of_customer(customer.id, now)
    return await uow.appointments.live_of_customer_at(customer.id, question.start)
