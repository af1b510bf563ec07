"""Booking: from a caller's wish to what the agent says.

The create request goes first; a slot list never decides. Cal.com's answer is believed only when the layers pass it,
and what they turn down is looked into before the caller is told anything.
"""

from __future__ import annotations

from booking_core.domain.commands import BookAppointment
from booking_core.domain.events import BookingRequested, BookingSettled
from booking_core.domain.outcomes import Booked, CallerAnswer, Existing, Failed, Outcome, Recovered, Unsure
from booking_core.ports.storage import UnitOfWork
from booking_core.service.messages import answer_outcome, status_of
from booking_core.service.pipeline import Pipeline
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial, Wish, take_in


class AppointmentBooker:
    """Books an appointment for a caller, or tells truly why not."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        self._pipeline = Pipeline(surroundings=surroundings)

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

    async def _held_by_call(self, wish: Wish) -> Existing | Unsure | None:
        """One call never gets two live appointments: another time is a change of the first, not a second one."""
        held = wish.held
        if not self._world.resolves or held is None or held.starts_at == wish.start:
            return None
        if held.starts_at <= self._world.now():
            return None
        if await self._pipeline.resolver.stands(held):
            return Existing(held)
        current = await self._world.transactions(lambda uow: uow.appointments.get(held.id))
        return Unsure(held) if current == held else None

    async def _try(self, wish: Wish) -> Outcome:
        trial = await self._pipeline.attempts.open(wish)
        return await self._pipeline.run(trial) if isinstance(trial, Trial) else trial


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
