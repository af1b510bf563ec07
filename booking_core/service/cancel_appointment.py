"""Cancelling: at Cal.com first, here when it is cancelled there."""

from __future__ import annotations

from booking_core.domain.commands import CancelAppointment
from booking_core.domain.model import Appointment, CallRelation, Service
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.service.bookkeeping import Bookkeeper
from booking_core.service.messages import answer, say, spoken
from booking_core.service.moved_booking import find_moved_anywhere
from booking_core.service.own_appointment import Meant, Question, find_meant
from booking_core.service.surroundings import Surroundings

_REASON = "cancelled by the customer on the phone"


class AppointmentCanceller:
    """Cancels the caller's appointment. The same call again cancels nothing else."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        self._bookkeeper = Bookkeeper(surroundings.profile, surroundings.business.fallback_email)

    async def __call__(self, command: CancelAppointment) -> CallerAnswer:
        """Status `cancelled`, `not_found`, or `error` when Cal.com did not confirm it or a late copy asks."""
        meant = await self._find(command)
        appointment = meant.appointment
        if appointment is None and meant.is_copy:
            return answer(Status.ERROR, say("old_copy", command.language))
        if appointment is None:
            return answer(Status.NOT_FOUND, say("no_appointment", command.language))
        done = not appointment.is_live or (not meant.is_copy and await self._cancel(appointment))
        when = spoken(appointment.starts_at, self._world.business.time_zone, command.language)
        if not done:
            return answer(Status.ERROR, say("not_cancelled", command.language, when=when))
        message = say("cancelled", command.language, when=when)
        return answer(Status.CANCELLED, message, appointment_id=appointment.id)

    async def _find(self, command: CancelAppointment) -> Meant:
        question = Question(command.caller, command.start, CallRelation.CANCELLATION_ATTEMPT, command.asked_at)
        now = self._world.now()

        async def body(uow: UnitOfWork) -> Meant:
            return await find_meant(uow, question, now, self._world.business.fallback_email)

        return await self._world.transactions(body)

    async def _cancel(self, appointment: Appointment) -> bool:
        """Whether it is cancelled at Cal.com, and therefore here."""
        if appointment.calcom_v2_booking_id is not None:
            try:
                if not await self._cancel_there(appointment.calcom_v2_booking_id):
                    return False
            except CalcomUnavailableError:
                return False
        moved = await self._write_down(appointment)
        return moved is None or await self._cancel(moved)

    async def _cancel_there(self, uid: str) -> bool:
        """Whether no booking is left; one unknown there needs no cancelling, one moved meanwhile has a replacement."""
        refusal = await self._world.calcom.cancel_booking(uid, _REASON)
        if refusal is None or refusal.http_status == 404:
            return True
        if not refusal.is_over:
            return False
        old = await self._world.calcom.get_booking(uid)
        moved = await find_moved_anywhere(self._world, old) if old is not None else None
        return moved is None or await self._cancel_there(moved.uid)

    async def _write_down(self, appointment: Appointment) -> Appointment | None:
        """None, or the row as it is when it was moved meanwhile: Cal.com may do both, and what it made then lives."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> tuple[Appointment | None, Service | None]:
            row = await self._bookkeeper.hold(uow, appointment) or appointment
            service = await uow.services.get(row.service_id)
            if row.is_live and row.calcom_v2_booking_id != appointment.calcom_v2_booking_id:
                return row, service
            await self._bookkeeper.cancel(uow, appointment, _REASON, now)
            return None, service

        moved, service = await self._world.transactions(body)
        if service is not None:
            self._world.calcom.forget_free_starts(service.calcom_event_type_id)
        return moved
