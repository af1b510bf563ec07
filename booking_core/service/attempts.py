"""Attempts: every try to book is on record before Cal.com hears of it, so that nothing is forgotten or done twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from booking_core.domain.model import Appointment, Attempt, AttemptState
from booking_core.domain.outcomes import Outcome, Pending, Recovered
from booking_core.ports.storage import UnitOfWork
from booking_core.service.resolver import Resolver
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial, Wish

_UNSETTLED = frozenset({AttemptState.OPEN, AttemptState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Record:
    """What the attempts of one call for one start say: the appointment they led to, or how they stand."""

    booked: Appointment | None
    attempts: Sequence[Attempt]

    @property
    def unsettled(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.state in _UNSETTLED]


class AttemptKeeper:
    """Opens an attempt for a wish, unless the record or Cal.com already holds what it wants."""

    def __init__(self, *, surroundings: Surroundings, resolver: Resolver) -> None:
        self._world = surroundings
        self._resolver = resolver

    async def open(self, wish: Wish) -> Trial | Outcome:
        """A trial to be sent to Cal.com, or the outcome when it must not be sent (again)."""
        if not self._world.profile.attempts:
            return self._trial(wish, attempt=None, earlier=())
        record = await self._read_or_open(wish)
        if isinstance(record, _Record) and record.booked is not None:
            if await self._resolver.stands(record.booked):
                return Recovered(record.booked)
            record = await self._read_or_open(wish)
        if isinstance(record, Trial):
            return record
        return await self._settle_earlier(wish, record)

    def resume(self, wish: Wish, attempt: Attempt, attempts: Sequence[Attempt]) -> Trial:
        """The trial of an attempt that is on record, sent under its own key."""
        others = [other for other in attempts if other.id != attempt.id]
        return self._trial(wish, attempt, others)

    async def close(self, trial: Trial, outcome: Outcome) -> None:
        """Settle the attempt of a finished trial; a booked one was settled together with its row."""
        await self._set(trial, AttemptState.UNKNOWN if isinstance(outcome, Pending) else AttemptState.REFUSED)

    async def touch(self, trial: Trial) -> None:
        """The attempt goes to Cal.com once more: it is young again."""
        await self._set(trial, AttemptState.OPEN)

    async def _read_or_open(self, wish: Wish) -> Trial | _Record:
        """In one transaction that holds the call's row: requests of one call take turns here."""

        async def body(uow: UnitOfWork) -> Trial | _Record:
            await uow.calls.lock(wish.call.id)
            record = await _read(uow, wish)
            if record.booked is not None or record.unsettled:
                return record
            return await self._open(uow, wish, record.attempts)

        return await self._world.transactions(body)

    async def _set(self, trial: Trial, state: AttemptState) -> None:
        """A slow request must not take back what reconciliation has booked for it meanwhile."""
        if trial.attempt_id is None:
            return
        attempt_id, key, at = trial.attempt_id, trial.request.metadata["attempt_key"], self._world.now()

        async def body(uow: UnitOfWork) -> None:
            current = await uow.attempts.by_key(key)
            if current is not None and current.state is not AttemptState.BOOKED:
                await uow.attempts.settle(attempt_id, state, at)

        await self._world.transactions(body)


async def _read(uow: UnitOfWork, wish: Wish) -> _Record:
    attempts = await uow.attempts.of_call(wish.call.id, wish.start)
    for attempt in attempts:
        if attempt.state is AttemptState.BOOKED and attempt.appointment_id is not None:
            appointment = await uow.appointments.get(attempt.appointment_id)
            if appointment is not None and appointment.is_live:
                return _Record(appointment, attempts)
    return _Record(None, attempts)
