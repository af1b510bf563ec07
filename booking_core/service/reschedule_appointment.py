"""Moving: Cal.com replaces the booking by a new one; the appointment here stays and points to it.

An answer is believed only when the old booking is over: when the attendee already holds a booking at the new time,
Cal.com may hand that one back (2xx) and leave the old one as it was.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from booking_core.domain.commands import RescheduleAppointment
from booking_core.domain.model import Appointment, CalcomBooking, CallRelation, Service
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import Answered, CalcomUnavailableError, CreateResult, NotSent, Refused, Unknown
from booking_core.ports.storage import UnitOfWork
from booking_core.service.alternatives import Alternatives
from booking_core.service.bookkeeping import Bookkeeper
from booking_core.service.messages import answer, offer, say, spoken
from booking_core.service.moved_booking import find_moved
from booking_core.service.own_appointment import Meant, Question, find_meant
from booking_core.service.surroundings import Surroundings

_REASON = "moved by the customer on the phone"


class AppointmentRescheduler:
    """Moves the caller's appointment. The same call again finds it moved."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        self._bookkeeper = Bookkeeper(surroundings.profile, surroundings.business.fallback_email)
        self._alternatives = Alternatives(calcom=surroundings.calcom, business=surroundings.business)

    async def __call__(self, command: RescheduleAppointment) -> CallerAnswer:
        """Status `rescheduled`, `not_found`, `unavailable` (with alternatives), `pending` or `error`."""
        meant = await self._find(command)
        appointment = meant.appointment
        copied = answer(Status.ERROR, say("old_copy", command.language)) if meant.is_copy else None
        if appointment is None:
            return copied or answer(Status.NOT_FOUND, say("no_appointment", command.language))
        if appointment.is_live and appointment.starts_at == command.new_start:
            return self._moved(command, appointment)
        uid = appointment.calcom_v2_booking_id
        if copied or uid is None or not appointment.is_live:  # what a repeat means may be cancelled since
            return copied or self._failed(command)
        return await self._move(command, appointment, uid)

    async def _find(self, command: RescheduleAppointment) -> Meant:
        relation, now = CallRelation.RESCHEDULE_ATTEMPT, self._world.now()
        question = Question(command.caller, command.old_start, relation, command.asked_at, moved_to=command.new_start)

        async def body(uow: UnitOfWork) -> Meant:
            return await find_meant(uow, question, now, self._world.business.fallback_email)

        return await self._world.transactions(body)

    async def _move(self, command: RescheduleAppointment, appointment: Appointment, uid: str) -> CallerAnswer:
        result = await self._world.calcom.reschedule_booking(uid, command.new_start, _REASON)
        answered = result.booking if isinstance(result, Answered) else None
        try:
            moved = await find_moved(self._world.calcom, uid, command.new_start, answered)
        except CalcomUnavailableError:
            return self._failed(command) if isinstance(result, NotSent) else self._uncertain(command)
        if moved is None:
            return await self._not_moved(command, appointment, result)
        if not await self._write_down(appointment, moved):
            await self._give_back(moved)
            return self._failed(command)
        return self._moved(command, appointment)

    async def _not_moved(
        self, command: RescheduleAppointment, appointment: Appointment, result: CreateResult
    ) -> CallerAnswer:
        match result:
            case Unknown():
                return self._uncertain(command)
            case Refused(concerns_slot=False) | NotSent():
                return self._failed(command)
            case Refused() | Answered():
                return await self._unavailable(command, appointment)

    async def _write_down(self, appointment: Appointment, moved: CalcomBooking) -> bool:
        """The webhook about the move may have been faster: then the row already points to the new booking.

        False when the call got another appointment meanwhile: then the new booking is surplus.
        """
        now = self._world.now()

        async def body(uow: UnitOfWork) -> bool:
            row = await self._bookkeeper.hold(uow, appointment)
            if await uow.appointments.by_booking_uid(moved.uid) is not None:
                return True
            return await self._bookkeeper.move(uow, row or appointment, moved, now)

        written = await self._world.past_a_race(body)
        if moved.event_type_id is not None:
            self._world.calcom.forget_free_starts(moved.event_type_id)
        return written

    async def _give_back(self, moved: CalcomBooking) -> None:
        """When Cal.com cannot be reached for it, reconciliation finds a booking beside what its call holds."""
        with contextlib.suppress(CalcomUnavailableError):
            await self._world.calcom.cancel_booking(moved.uid, "the customer holds another appointment instead")

    async def _unavailable(self, command: RescheduleAppointment, appointment: Appointment) -> CallerAnswer:
        async def body(uow: UnitOfWork) -> Service | None:
            return await uow.services.get(appointment.service_id)

        service = await self._world.transactions(body)
        zone, language = self._world.business.time_zone, command.language
        free: tuple[datetime, ...] = ()
        if service is not None:
            free = await self._alternatives.near(service.calcom_event_type_id, command.new_start, self._world.now())
        when, offered = spoken(command.new_start, zone, language), offer(free, zone, language)
        message = say("unavailable", language, when=when, offer=offered)
        return answer(Status.UNAVAILABLE, message, alternatives=free)

    def _moved(self, command: RescheduleAppointment, appointment: Appointment) -> CallerAnswer:
        return self._say(command, Status.RESCHEDULED, "moved", appointment.id)

    def _failed(self, command: RescheduleAppointment) -> CallerAnswer:
        return answer(Status.ERROR, say("not_moved", command.language))

    def _uncertain(self, command: RescheduleAppointment) -> CallerAnswer:
        return self._say(command, Status.PENDING, "move_pending")

    def _say(
        self, command: RescheduleAppointment, status: Status, key: str, appointment_id: int | None = None
    ) -> CallerAnswer:
        when = spoken(command.new_start, self._world.business.time_zone, command.language)
        return answer(status, say(key, command.language, when=when), appointment_id=appointment_id)
