"""Attempts: every try to book is on record before Cal.com hears of it, so that nothing is forgotten or done twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking_core.domain.model import Appointment, Attempt, AttemptState, BookingRequest, CalcomBooking
from booking_core.domain.outcomes import Existing, Failed, Outcome, Pending, Recovered, Unsure
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import NewAttempt, UnitOfWork
from booking_core.resolution import Asker
from booking_core.service.bookkeeping import Bookkeeper
from booking_core.service.resolver import Resolver
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial, Wish, asker_of, note_request, request_for

_COPY = "an old copy of a request that was answered"
_MEANWHILE = "another hand has settled this attempt meanwhile"
_UNSETTLED = frozenset({AttemptState.OPEN, AttemptState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Record:
    """What the attempts of one call for one start say: the appointment they led to, or how they stand.

    `may_open`: the request that reads is the newest of its call, so a new attempt may be opened for it.
    """

    booked: Appointment | None
    attempts: Sequence[Attempt]
    may_open: bool = True

    @property
    def unsettled(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.state in _UNSETTLED]


@dataclass(frozen=True, slots=True)
class _Taken:
    """An attempt that somebody else has settled, or has in hand; and the live appointment it led to."""

    booked: Appointment | None
    in_hand: bool


class AttemptKeeper:
    """Opens an attempt for a wish, unless the record or Cal.com already holds what it wants."""

    def __init__(self, *, surroundings: Surroundings, bookkeeper: Bookkeeper, resolver: Resolver) -> None:
        self._world = surroundings
        self._bookkeeper = bookkeeper
        self._resolver = resolver

    async def open(self, wish: Wish) -> Trial | Outcome:
        """A trial to be sent to Cal.com, or the outcome when it must not be sent (again)."""
        if not self._world.profile.attempts:
            return self._trial(wish, attempt=None, earlier=())
        record = await self._read_or_open(wish)
        booked = record.booked if isinstance(record, _Record) else None
        if booked is not None and isinstance(record, _Record):
            if await self._resolver.stands(booked):
                return Recovered(booked)
            record = await self._read_or_open(wish, may_open=record.may_open)
            if isinstance(record, _Record) and record.booked == booked:
                return Unsure(booked)
        return await self._settle_earlier(wish, record) if isinstance(record, _Record) else record

    def resume(self, wish: Wish, attempt: Attempt, attempts: Sequence[Attempt]) -> Trial:
        """The trial of an attempt that is on record, sent under its own key and for the attendee that it names."""
        trial = self._trial(wish, attempt, [other for other in attempts if other.id != attempt.id])
        attendee = replace(trial.request.attendee, email=attempt.attendee_email or None)
        return replace(trial, request=replace(trial.request, attendee=attendee))

    async def close(self, trial: Trial, outcome: Outcome) -> Outcome:
        """Settle the attempt of a finished trial, and return how it ended; a booked one was settled with its row.

        Whoever waits for an end that is none hears of it, unless they hold an appointment instead. What Cal.com refused
        a slow request, another hand may have booked since, or be booking now.
        """
        if isinstance(outcome, Existing):
            await self._set(trial, AttemptState.REFUSED, self._world.now())
            return outcome
        waits = isinstance(outcome, Pending)
        state = AttemptState.UNKNOWN if waits else AttemptState.REFUSED
        taken = await self._set(trial, state, self._world.now(), tell=not waits)
        if taken is None:
            return outcome
        ended = await self._end_of(taken)
        return outcome if isinstance(ended, Failed) and not waits else ended

    async def touch(self, trial: Trial) -> Trial | Recovered | Failed | Pending:
        """The attempt goes to Cal.com once more, young again. Else how another hand has ended it meanwhile, or will.

        A copy of the request, a webhook or reconciliation may have found its booking, and its caller given that up.
        """
        now = self._world.now()
        taken = await self._set(trial, AttemptState.OPEN, now)
        return replace(trial, as_of=now) if taken is None else await self._end_of(taken)

    async def _read_or_open(self, wish: Wish, *, may_open: bool = False) -> Trial | Failed | _Record:
        """In one transaction that holds the call's row: requests of one call take turns here.

        A copy of a request that the call's record has answered already opens nothing: its caller heard that answer.
        """

        async def body(uow: UnitOfWork) -> Trial | Failed | _Record:
            call = await uow.calls.lock(wish.call.id)
            is_newest = await note_request(uow, call, wish.asked_at) or may_open
            record = replace(await _read(uow, wish), may_open=is_newest)
            if record.booked is not None or record.unsettled:
                return record
            if not is_newest:
                return Failed(_COPY)
            addresses = dict.fromkeys(attempt.attendee_email for attempt in record.attempts)
            return replace(await self._open(uow, wish, record.attempts), earlier_addresses=tuple(addresses))

        return await self._world.transactions(body)

    async def _settle_earlier(self, wish: Wish, record: _Record) -> Trial | Outcome:
        """Earlier attempts have no known end: Cal.com is asked before anything is sent again."""
        try:
            own = await self._find_own(wish, record)
        except CalcomUnavailableError:
            return await self._wait(wish)
        if own is not None:
            return await self._adopt(wish, record, own)
        if self._may_be_in_flight(record):
            return await self._wait(wish)  # another request of this call is with Cal.com right now
        return await self._open_after(wish, record) or await self._wait(wish)

    async def _adopt(self, wish: Wish, record: _Record, own: CalcomBooking) -> Outcome:
        """The booking of an earlier attempt; while what is held instead of it is in doubt, nobody can say."""
        last = self._trial(wish, record.unsettled[-1], record.attempts)
        adopted = await self._resolver.adopt(last, own)
        if isinstance(adopted, Failed):
            ended = await self._wait(wish)
            return Unsure(ended.appointment) if isinstance(ended, Recovered) else ended
        return await self.close(last, adopted) if isinstance(adopted, Existing) else adopted

    async def _wait(self, wish: Wish) -> Outcome:
        """Whoever settles the attempts must tell the customer; they may have been settled just now."""

        async def body(uow: UnitOfWork) -> Outcome:
            await uow.calls.lock(wish.call.id)
            record = await _read(uow, wish)
            if record.booked is not None:
                return Recovered(record.booked)
            for attempt in record.unsettled:
                await uow.attempts.await_end(attempt.id)
            return Pending() if record.unsettled else Failed(_MEANWHILE)

        return await self._world.transactions(body)

    async def _find_own(self, wish: Wish, record: _Record) -> CalcomBooking | None:
        asker = self._asker(wish, record.attempts)
        for email in dict.fromkeys(attempt.attendee_email for attempt in record.unsettled):
            own = await self._resolver.find_own(asker, email, wish.start)
            if own is not None:
                return own
        return None

    def _may_be_in_flight(self, record: _Record) -> bool:
        since = self._world.now() - timedelta(seconds=self._world.business.in_flight_s)
        return any(a.state is AttemptState.OPEN and a.updated_at > since for a in record.unsettled)

    async def _open_after(self, wish: Wish, seen: _Record) -> Trial | None:
        """Cal.com holds nothing of the earlier attempts: close them, open a new one; None when somebody was faster."""

        async def body(uow: UnitOfWork) -> Trial | None:
            await uow.calls.lock(wish.call.id)
            record = await _read(uow, wish)
            same = [(a.id, a.updated_at) for a in record.unsettled] == [(a.id, a.updated_at) for a in seen.unsettled]
            if record.booked is not None or not same:
                return None
            for attempt in record.unsettled:
                await uow.attempts.settle(attempt.id, AttemptState.REFUSED, self._world.now())
            trial = await self._open(uow, wish, record.attempts)
            if trial.attempt_id is not None and any(attempt.awaited for attempt in record.unsettled):
                await uow.attempts.await_end(trial.attempt_id)
            return trial

        return await self._world.transactions(body)

    async def _open(self, uow: UnitOfWork, wish: Wish, earlier: Sequence[Attempt]) -> Trial:
        key = self._world.ids.attempt_key(wish.call.retell_call_id, wish.start)
        new = NewAttempt(
            key=key,
            call_id=wish.call.id,
            customer_id=wish.customer.id,
            service_id=wish.service.id,
            starts_at=wish.start,
            attendee_email=self._request(wish, key).attendee.email or "",
            created_at=self._world.now(),
        )
        return self._trial(wish, await uow.attempts.add(new), earlier)

    def _trial(self, wish: Wish, attempt: Attempt | None, earlier: Sequence[Attempt]) -> Trial:
        attempts = [*earlier, attempt] if attempt else earlier
        request = self._request(wish, attempt.key if attempt else None)
        if attempt is None:
            return Trial(wish, request, self._asker(wish, attempts))
        return Trial(wish, request, self._asker(wish, attempts), attempt.id, attempt.updated_at)

    def _request(self, wish: Wish, key: str | None) -> BookingRequest:
        return request_for(wish, self._world.profile.identity, self._world.business, key)

    def _asker(self, wish: Wish, attempts: Sequence[Attempt]) -> Asker:
        keys = frozenset(attempt.key for attempt in attempts)
        return asker_of(wish, self._world.business.fallback_email, keys)

    async def _set(self, trial: Trial, state: AttemptState, at: datetime, *, tell: bool = False) -> _Taken | None:
        """None when it was set; a slow request must not take back what somebody else has settled or has in hand."""
        if trial.attempt_id is None:
            return None
        attempt_id, key = trial.attempt_id, trial.request.metadata["attempt_key"]

        async def body(uow: UnitOfWork) -> _Taken | None:
            await uow.calls.lock(trial.wish.call.id)
            current = await uow.attempts.by_key(key)
            assert current is not None, "attempts are never deleted"
            in_hand = current.state in _UNSETTLED and current.updated_at != trial.as_of
            if in_hand:
                await uow.attempts.await_end(attempt_id)
            if in_hand or current.state not in _UNSETTLED:
                return _Taken(await _led_to(uow, current), in_hand)
            await uow.attempts.settle(attempt_id, state, at)
            if state is AttemptState.UNKNOWN:
                await uow.attempts.await_end(attempt_id)
            if tell and current.awaited:
                await self._bookkeeper.notify(uow, trial.wish.customer, None, "booking_failed", at)
            return None

        return await self._world.transactions(body)

    async def _end_of(self, taken: _Taken) -> Recovered | Failed | Pending:
        if taken.in_hand:
            return Pending()
        stands = taken.booked is not None and await self._resolver.stands(taken.booked)
        return Recovered(taken.booked) if taken.booked is not None and stands else Failed(_MEANWHILE)


async def _read(uow: UnitOfWork, wish: Wish) -> _Record:
    attempts = await uow.attempts.of_call(wish.call.id, wish.start)
    for attempt in attempts:
        appointment = await _led_to(uow, attempt)
        if appointment is not None:
            return _Record(appointment, attempts)
    return _Record(None, attempts)


async def _led_to(uow: UnitOfWork, attempt: Attempt) -> Appointment | None:
    """The live appointment that a booked attempt led to."""
    if attempt.state is not AttemptState.BOOKED or attempt.appointment_id is None:
        return None
    appointment = await uow.appointments.get(attempt.appointment_id)
    return appointment if appointment is not None and appointment.is_live else None
