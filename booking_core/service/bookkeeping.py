"""Writing appointments down: the bodies of transactions that every use case shares.

Each function works in an open unit of work and does nothing else, so that a whole transaction can be run again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from booking_core.domain.model import (
    Appointment,
    AppointmentStatus,
    Attempt,
    AttemptState,
    CalcomBooking,
    CallRelation,
    Customer,
)
from booking_core.ports.storage import NewAppointment, UnitOfWork
from booking_core.profiles import Profile, ResolutionPolicy
from booking_core.service.attendee import real_email


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom an appointment is written for; `call_id` is None when the call that booked is not known here."""

    call_id: int | None
    customer_id: int
    service_id: int


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """Writes, links and reopens appointments as the profile wants it."""

    profile: Profile
    fallback_email: str

    async def write(
        self, uow: UnitOfWork, holder: Holder, booking: CalcomBooking, now: datetime, attempt_id: int | None = None
    ) -> Appointment:
        """A new row with its link, its settled attempt and, when Cal.com mailed nobody, a line in the outbox."""
        new = NewAppointment(
            call_id=holder.call_id,
            customer_id=holder.customer_id,
            service_id=holder.service_id,
            starts_at=booking.start,
            ends_at=booking.end,
            calcom_v2_booking_id=booking.uid,
            calcom_booking_number=booking.number,
            created_at=now,
            status=self._status_for(booking),
        )
        appointment = await uow.appointments.add(new)
        await self.link_own(uow, appointment, holder.call_id, now, attempt_id)
        if not booking.awaits_confirmation:
            await self._notify_unless_mailed(uow, appointment, booking, now)
        return appointment

    async def write_or_link(
        self, uow: UnitOfWork, holder: Holder, booking: CalcomBooking, now: datetime, attempt_id: int | None = None
    ) -> Appointment:
        """The row of the holder's own booking: written when missing, reopened when cancelled here only, confirmed.

        When the booking is surplus, what is held instead is linked and returned: its booking is another one.
        """
        held = await self.held_instead(uow, holder, booking)
        if held is not None:
            await self.link_held(uow, held, holder.call_id, now, attempt_id)
            return held
        existing = await uow.appointments.by_booking_uid(booking.uid)
        if existing is None:
            return await self.write(uow, holder, booking, now, attempt_id)
        if existing.is_live:
            existing = await self.follow_host(uow, existing, booking, now)
        else:
            existing = await self.reopen(uow, existing, booking, now)
        await self.link_own(uow, existing, holder.call_id, now, attempt_id)
        return existing

    async def held_instead(self, uow: UnitOfWork, holder: Holder, booking: CalcomBooking) -> Appointment | None:
        """What makes a booking surplus: its call holds another live appointment, or its customer that very time.

        Requests of one call take turns from here to their commit, so that it never gets two.
        """
        if self.profile.resolution is not ResolutionPolicy.FULL:
            return None
        if holder.call_id is not None:
            await uow.calls.lock(holder.call_id)
            of_call = await uow.appointments.live_of_call(holder.call_id)
            if of_call is not None and of_call.calcom_v2_booking_id != booking.uid:
                return of_call
        at_that_time = await uow.appointments.live_of_customer_at(holder.customer_id, booking.start)
        is_another = at_that_time is not None and at_that_time.calcom_v2_booking_id != booking.uid
        return at_that_time if is_another else None

    async def link_held(
        self, uow: UnitOfWork, held: Appointment, call_id: int | None, now: datetime, attempt_id: int | None = None
    ) -> None:
        """The call's own appointment, or an earlier one of its customer, stands for what the call asked for.

        With an earlier one the attempt is not settled here: it may be over at Cal.com, and the surplus is there yet.
        """
        if call_id is None or held.call_id == call_id:
            await self.link_own(uow, held, call_id, now, attempt_id)
        else:
            await self.link_duplicate(uow, held, call_id, now)

    async def link_own(
        self,
        uow: UnitOfWork,
        appointment: Appointment,
        call_id: int | None,
        now: datetime,
        attempt_id: int | None = None,
    ) -> None:
        """The call made this appointment: both directions of the link, and the attempt that led to it."""
        if call_id is not None:
            await uow.appointment_calls.add(appointment.id, call_id, CallRelation.ORIGINAL, now)
            if self.profile.links_calls:
                await uow.calls.link(call_id, appointment.id, None)
        if attempt_id is not None:
            uid = appointment.calcom_v2_booking_id
            booked = AttemptState.BOOKED
            await uow.attempts.settle(attempt_id, booked, now, appointment_id=appointment.id, booking_uid=uid)

    async def link_duplicate(self, uow: UnitOfWork, appointment: Appointment, call_id: int, now: datetime) -> None:
        """The call asked for what its customer holds already. A repeat of the call changes nothing any more."""
        call = await uow.calls.get(call_id)
        if not self.profile.links_calls or call is None:
            return
        await uow.appointment_calls.add(appointment.id, call_id, CallRelation.DUPLICATE_ATTEMPT, now)
        own = await uow.appointments.live_of_call(call_id)
        if own is not None or (call.appointment_id == appointment.id and call.booking_metadata is not None):
            return  # the call's own appointment keeps the one place that `calls` has for a link
        metadata = {
            "duplicate_attempt": True,
            "original_booking_call_id": appointment.call_id,
            "duplicate_detected_at": now.isoformat(),
        }
        await uow.calls.link(call_id, appointment.id, metadata)

    async def reopen(
        self, uow: UnitOfWork, appointment: Appointment, booking: CalcomBooking, now: datetime
    ) -> Appointment:
        """Cancelled here, live at Cal.com: the appointment stands, and the audit log says why."""
        note = "reopened: the cancellation never arrived at Cal.com"
        await uow.appointments.set_status(appointment.id, self._status_for(booking), note)
        await uow.audit.add("appointment_reopened", now, _ids_of(appointment))
        return await uow.appointments.get(appointment.id) or appointment

    async def follow_host(
        self, uow: UnitOfWork, appointment: Appointment, booking: CalcomBooking, now: datetime
    ) -> Appointment:
        """A live appointment is as certain as its booking: confirmed by the host, or (moved) to be confirmed again."""
        status = self._status_for(booking)
        if appointment.status is status:
            return appointment
        await uow.appointments.set_status(appointment.id, status, None)
        await uow.audit.add(f"appointment_{status}", now, _ids_of(appointment))
        if not booking.awaits_confirmation:
            await self._notify_unless_mailed(uow, appointment, booking, now)
        return replace(appointment, status=status)

    def _status_for(self, booking: CalcomBooking) -> AppointmentStatus:
        """What was deployed took every answer for an appointment."""
        is_requested = booking.awaits_confirmation and self.profile.resolution is ResolutionPolicy.FULL
        return AppointmentStatus.REQUESTED if is_requested else AppointmentStatus.SCHEDULED

    async def cancel(self, uow: UnitOfWork, appointment: Appointment, note: str, now: datetime) -> None:
        """The booking is over at Cal.com, so the appointment is here."""
        await uow.appointments.set_status(appointment.id, AppointmentStatus.CANCELLED, note)
        await uow.audit.add("appointment_cancelled", now, _ids_of(appointment) | {"note": note})

    async def hold(self, uow: UnitOfWork, appointment: Appointment) -> Appointment | None:
        """The row as it is now; requests of its call take turns from here to their commit."""
        if appointment.call_id is not None:
            await uow.calls.lock(appointment.call_id)
        return await uow.appointments.get(appointment.id)

    async def was_given_up(self, uow: UnitOfWork, appointment: Appointment) -> bool:
        """Whether its customer has cancelled it on the phone: no booking brings it back."""
        by_phone = CallRelation.CANCELLATION_ATTEMPT
        return not appointment.is_live and await uow.appointment_calls.exists(appointment.id, by_phone)

    async def made_for_a_given_up(self, uow: UnitOfWork, attempt: Attempt | None) -> bool:
        """Whether what this attempt had led to was given up: another booking of it is a create that was held back."""
        led_to_id = attempt.appointment_id if attempt is not None else None
        led_to = await uow.appointments.get(led_to_id) if led_to_id is not None else None
        return led_to is not None and await self.was_given_up(uow, led_to)

    async def move(self, uow: UnitOfWork, appointment: Appointment, booking: CalcomBooking, now: datetime) -> bool:
        """Cal.com replaced the booking by one at another time; its uid is new, the appointment (held) stays the same.

        False when the appointment was given up meanwhile, by its customer or because something else stands for it: then
        the booking is surplus, and nothing is written.
        """
        if await self.was_given_up(uow, appointment):
            return False
        if not appointment.is_live:
            holder = Holder(appointment.call_id, appointment.customer_id, appointment.service_id)
            if await self.held_instead(uow, holder, booking) is not None:
                return False
            appointment = await self.reopen(uow, appointment, booking, now)
        await uow.appointments.move(appointment.id, booking.start, booking.end, booking.uid, booking.number)
        details = _ids_of(appointment) | {"from": appointment.starts_at.isoformat(), "to": booking.start.isoformat()}
        await uow.audit.add("appointment_moved", now, details | {"new_calcom_v2_booking_id": booking.uid})
        await self.follow_host(uow, appointment, booking, now)
        return True

    async def notify(
        self, uow: UnitOfWork, customer: Customer, appointment_id: int | None, kind: str, now: datetime
    ) -> None:
        """Queue what the customer must be told, by the customer's own address or phone; nobody has neither."""
        if not self.profile.notifies:
            return
        email = real_email(customer.email, self.fallback_email)
        if email or customer.phone:
            await uow.notifications.add(customer.id, appointment_id, "email" if email else "sms", kind, now)

    async def _notify_unless_mailed(
        self, uow: UnitOfWork, appointment: Appointment, booking: CalcomBooking, now: datetime
    ) -> None:
        """Cal.com mails its attendee; when that is the company's own mailbox, the customer has heard of nothing."""
        mailed = booking.attendee is not None and real_email(booking.attendee.email, self.fallback_email)
        customer = await uow.customers.get(appointment.customer_id)
        if customer is not None and not mailed:
            await self.notify(uow, customer, appointment.id, "booking_confirmed", now)


def _ids_of(appointment: Appointment) -> dict[str, int | str | None]:
    return {"appointment_id": appointment.id, "calcom_v2_booking_id": appointment.calcom_v2_booking_id}
