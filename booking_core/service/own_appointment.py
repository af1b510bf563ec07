"""Which appointment a caller means who wants to cancel or move one. A repeat of the same call means the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.commands import Caller
from booking_core.domain.model import Appointment, Call, CallRelation
from booking_core.ports.storage import UnitOfWork
from booking_core.service.wish import find_customer, find_or_add_call, note_request


@dataclass(frozen=True, slots=True)
class Meant:
    """The caller's own appointment, if there is one.

    `is_copy`: the network delivers a request once more, or late, that its call has been answered since. It changes
    nothing any more, and is told what came of the request.
    """

    appointment: Appointment | None
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks about which appointment: the one at `start`, or the next one when it is None.

    `moved_to` is where a repeat of the question finds the appointment when the first one was carried out.
    """

    caller: Caller
    start: datetime | None
    relation: CallRelation
    asked_at: datetime | None
    moved_to: datetime | None = None


async def find_meant(uow: UnitOfWork, question: Question, now: datetime, fallback_email: str) -> Meant:
    """Find it and note the call's relation to it, so that Retell's repeat of the call does not mean the next one."""
    call = await find_or_add_call(uow, question.caller.retell_call_id, question.caller.phone, now)
    is_newest = await note_request(uow, await uow.calls.lock(call.id), question.asked_at)
    earlier = await _earlier_meant(uow, call, question)
    if not is_newest:
        return Meant(earlier, is_copy=True)
    appointment = earlier or await _held(uow, call, question, now, fallback_email)
    if appointment is not None:
        await uow.appointment_calls.add(appointment.id, call.id, question.relation, now)
    return Meant(appointment)


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
