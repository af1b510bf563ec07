"""Settling one attempt whose end nobody knows: look it up, adopt it, book it now, or give it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from booking_core.domain.commands import Caller, Entry
from booking_core.domain.model import Attempt, AttemptState, CalcomBooking
from booking_core.domain.outcomes import Booked, Existing, Failed, Outcome, Pending, Recovered
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.service.pipeline import Pipeline
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial, Wish


class AttemptSettler:
    """Brings an attempt to its end, if Cal.com can be asked."""

    def __init__(self, *, surroundings: Surroundings, pipeline: Pipeline) -> None:
        self._world = surroundings
        self._pipeline = pipeline

    async def settle(self, attempt: Attempt) -> str:
        """`booked`, `given up`, `waiting` (Cal.com cannot tell) or `taken` (somebody else has it in hand)."""
        trial = await self._trial(attempt)
        try:
            own = await self._pipeline.resolver.find_own(trial.asker, attempt.attendee_email, attempt.starts_at)
        except CalcomUnavailableError:
            return "waiting"
        if own is not None:
            return await self._adopt(trial, own)
        if trial.wish.held is not None:  # one call never gets two appointments: this wish is needless by now
            return await self._give_up(attempt)
        if attempt.starts_at <= self._world.now():
            return await self._give_up(attempt, tell=True)
        return await self._book_now(trial, attempt)

    async def _trial(self, attempt: Attempt) -> Trial:
        async def body(uow: UnitOfWork) -> Trial:
            call = await uow.calls.get(attempt.call_id)
            customer = await uow.customers.get(attempt.customer_id)
            service = await uow.services.get(attempt.service_id)
            assert call is not None, "a foreign key holds the attempt's call"
            assert customer is not None, "a foreign key holds the attempt's customer"
            assert service is not None, "a foreign key holds the attempt's service"
            held = await uow.appointments.live_of_call(call.id)
            caller = Caller(call.retell_call_id, customer.name, customer.phone, customer.email)
            wish = Wish(call, caller, customer, service, attempt.starts_at, Entry.AFTER_CALL, held)
            others = await uow.attempts.of_call(attempt.call_id, attempt.starts_at)
            return self._pipeline.attempts.resume(wish, attempt, others)

        return await self._world.transactions(body)

    async def _adopt(self, trial: Trial, own: CalcomBooking) -> str:
        """What is held instead may not be vouched for now: then the attempt waits for the next round."""
        adopted = await self._pipeline.resolver.adopt(trial, own)
        if isinstance(adopted, Existing):
            await self._pipeline.attempts.close(trial, adopted)
        return "waiting" if isinstance(adopted, Failed) else _ended(adopted)

    async def _book_now(self, trial: Trial, attempt: Attempt) -> str:
        """Cal.com says it is not there, so a create is not blind; it goes through the same pipeline as any other."""
        claimed_at = self._world.now()
        if not await self._claim(attempt, claimed_at):
            return "taken"
        outcome = await self._pipeline.run(replace(trial, as_of=claimed_at))
        return _ended(outcome)

    async def _claim(self, attempt: Attempt, now: datetime) -> bool:
        """Make the attempt young again, unless another reconciliation or the caller's retry was faster."""

        async def body(uow: UnitOfWork) -> bool:
            await uow.calls.lock(attempt.call_id)
            current = await uow.attempts.by_key(attempt.key)
            if current is None or (current.state, current.updated_at) != (attempt.state, attempt.updated_at):
                return False
            await uow.attempts.settle(attempt.id, AttemptState.OPEN, now)
            await uow.attempts.await_end(attempt.id)
            return True

        return await self._world.transactions(body)

    async def _give_up(self, attempt: Attempt, *, tell: bool = False) -> str:
        """`tell`: the caller was told that this would be settled, so the customer must hear how."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> None:
            await uow.calls.lock(attempt.call_id)
            current = await uow.attempts.by_key(attempt.key)
            if current is None or current.state in {AttemptState.BOOKED, AttemptState.REFUSED}:
                return
            await uow.attempts.settle(attempt.id, AttemptState.REFUSED, now)
            customer = await uow.customers.get(attempt.customer_id) if tell else None
            if customer is not None:
                await self._pipeline.bookkeeper.notify(uow, customer, None, "booking_failed", now)

        await self._world.transactions(body)
        return "given up"


def _ended(outcome: Outcome) -> str:
    match outcome:
        case Booked() | Recovered():
            return "booked"
        case Pending():
            return "waiting"
        case _:  # whoever waits was told when the attempt was closed
            return "given up"
