"""Booking after the call: the stored call's wish goes through the same pipeline as one during the call."""

from __future__ import annotations

from datetime import datetime

from booking_core.domain.commands import BookAppointment, Caller, CreateFromCall, Entry
from booking_core.domain.model import Call
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.storage import UnitOfWork
from booking_core.service.book_appointment import AppointmentBooker
from booking_core.service.messages import answer, say
from booking_core.service.surroundings import Surroundings


class CallBooker:
    """Books what a stored call asked for."""

    def __init__(self, *, surroundings: Surroundings, book: AppointmentBooker) -> None:
        self._world = surroundings
        self._book = book

    async def __call__(self, command: CreateFromCall) -> CallerAnswer:
        """As booking; status `error` when the call is not known or asked for nothing."""

        async def body(uow: UnitOfWork) -> Call | None:
            return await uow.calls.by_retell_id(command.retell_call_id)

        wish = wish_of(await self._world.transactions(body), command)
        return await self._book(wish) if wish else answer(Status.ERROR, say("no_wish", command.language))


def wish_of(call: Call | None, command: CreateFromCall) -> BookAppointment | None:
    """The wish that `calls.booking_details` keeps; None when there is no call, no wish or no start in it."""
    if call is None or not call.booking_details or not call.booking_details.get("starts_at"):
        return None
    details = call.booking_details
    caller = Caller(call.retell_call_id, details["name"], details.get("phone") or call.from_number, details["email"])
    start = datetime.fromisoformat(details["starts_at"])
    entry, service = Entry.AFTER_CALL, details.get("service")
    return BookAppointment(caller, start, service, entry, command.language, command.asked_at)
