"""Booking: the one pipeline of both entries, from a caller's wish to what the agent says.

The create request goes first; a slot list never decides. Cal.com's answer is believed only when the layers pass it,
and what they turn down is looked into before the caller is told anything.
"""

from __future__ import annotations

from booking_core.domain.commands import BookAppointment
from booking_core.domain.events import AnswerReceived, BookingRequested, BookingSettled, CreateRefused, CreateUnknown
from booking_core.domain.model import Appointment, CalcomBooking
from booking_core.domain.outcomes import (
    Booked,
    CallerAnswer,
    Existing,
    Failed,
    Outcome,
    Pending,
    Recovered,
)
from booking_core.ports.calcom import Answered, CalcomUnavailableError, NotSent, Refused, Unknown
from booking_core.ports.storage import UnitOfWork
from booking_core.service.alternatives import Alternatives
from booking_core.service.attempts import AttemptKeeper
from booking_core.service.bookkeeping import Bookkeeper
from booking_core.service.layer_judge import LayerJudge, Rejection
from booking_core.service.messages import answer_outcome, status_of
from booking_core.service.resolver import Resolver
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial, Wish, take_in


class AppointmentBooker:
    """Books an appointment for a caller, or tells truly why not."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        keeper = Bookkeeper(surroundings.profile, surroundings.business.fallback_email)
        alternatives = Alternatives(calcom=surroundings.calcom, business=surroundings.business)
        self._judge = LayerJudge(surroundings=surroundings, bookkeeper=keeper)
        self._resolver = Resolver(surroundings=surroundings, bookkeeper=keeper, alternatives=alternatives)
        self._attempts = AttemptKeeper(surroundings=surroundings, resolver=self._resolver)

    async def __call__(self, command: BookAppointment) -> CallerAnswer:
        """Every outcome is an answer; only a broken database raises."""
        outcome = await self._book(command)
        return answer_outcome(outcome, command.start, self._world.business.time_zone, command.language)

    async def _book(self, command: BookAppointment) -> Outcome:
        wish = await self._take_in(command)
        if wish is None:
            return Failed("no such service")
        call = wish.call
        self._world.tell(BookingRequested(call.id, call.retell_call_id, wish.entry, wish.start))
        outcome = await self._held_by_call(wish) or await self._try(wish)
        self._world.tell(_settled(wish, outcome))
        return outcome

    async def _take_in(self, command: BookAppointment) -> Wish | None:
        now = self._world.now()

        async def body(uow: UnitOfWork) -> Wish | None:
            return await take_in(uow, command, now, self._world.business)

        return await self._world.transactions(body)

    async def _held_by_call(self, wish: Wish) -> Existing | None:
        """One call never gets two live appointments: another time is a change of the first, not a second one."""
        if not self._world.resolves or wish.call.appointment_id is None:
            return None
        linked = wish.call.appointment_id

        async def body(uow: UnitOfWork) -> Appointment | None:
            return await uow.appointments.get(linked)

        held = await self._world.transactions(body)
        if held is None or not held.is_live or held.call_id != wish.call.id:
            return None
        return Existing(held) if held.starts_at != wish.start and held.starts_at > self._world.now() else None

    async def _try(self, wish: Wish) -> Outcome:
        trial = await self._attempts.open(wish)
        if not isinstance(trial, Trial):
            return trial
        outcome = await self._create(trial, repeats_left=1)
        if not isinstance(outcome, Booked | Recovered):
            await self._attempts.close(trial, outcome)
        return outcome

    async def _create(self, trial: Trial, *, repeats_left: int) -> Outcome:
        match await self._world.calcom.create_booking(trial.request):
            case Answered(booking):
                return await self._answered(trial, booking)
            case Refused() as refusal:
                return await self._refused(trial, refusal)
            case Unknown(reason):
                return await self._unknown(trial, reason, repeats_left)
            case NotSent(reason):
                return Pending() if self._world.profile.attempts else Failed(reason)

    async def _answered(self, trial: Trial, booking: CalcomBooking) -> Outcome:
        self._world.tell(self._answer_received(trial, booking))
        stored = await self._judge.check_and_store(trial, booking)
        if isinstance(stored, Rejection):
            return await self._resolver.rejected(trial, booking, stored)
        self._world.calcom.forget_free_starts(trial.request.event_type_id)
        return Booked(stored.appointment, stored.verified)

    async def _refused(self, trial: Trial, refusal: Refused) -> Outcome:
        self._world.tell(CreateRefused(trial.wish.call.id, refusal.http_status, refusal.message))
        if not refusal.concerns_slot:
            return Failed(f"Cal.com refused the request with {refusal.http_status}")
        self._world.calcom.forget_free_starts(trial.request.event_type_id)
        return await self._resolver.refused(trial)

    async def _unknown(self, trial: Trial, reason: str, repeats_left: int) -> Outcome:
        """No usable answer: look the booking up; only when Cal.com says it is not there, create once more."""
        self._world.tell(CreateUnknown(trial.wish.call.id, reason))
        if not self._world.resolves:
            return Failed(reason)
        try:
            own = await self._resolver.find_own(trial.asker, trial.request.attendee.email or "", trial.wish.start)
        except CalcomUnavailableError:
            return Pending()
        if own is not None:
            return await self._resolver.adopt(trial, own)
        if repeats_left == 0:
            return Pending()
        await self._attempts.touch(trial)
        return await self._create(trial, repeats_left=repeats_left - 1)

    def _answer_received(self, trial: Trial, booking: CalcomBooking) -> AnswerReceived:
        created_at, sent = booking.created_at, trial.request.metadata["call_id"]
        age_s = (self._world.now() - created_at).total_seconds() if created_at else None
        return AnswerReceived(trial.wish.call.id, booking.uid, created_at, age_s, sent, booking.retell_call_id)


def _settled(wish: Wish, outcome: Outcome) -> BookingSettled:
    appointment = outcome.appointment if isinstance(outcome, Booked | Recovered | Existing) else None
    return BookingSettled(
        wish.call.id,
        wish.entry,
        status_of(outcome),
        appointment.id if appointment else None,
        appointment.calcom_v2_booking_id if appointment else None,
        outcome.verified if isinstance(outcome, Booked) else (),
    )
