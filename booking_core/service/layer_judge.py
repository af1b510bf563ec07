"""Lets the layers speak on an answer of Cal.com and tells the observers each word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from booking_core.defences.call_identity import judge_call_identity
from booking_core.defences.existing_appointment import judge_existing_appointment
from booking_core.defences.freshness import judge_freshness
from booking_core.defences.unique_booking import insert_passed, insert_refused
from booking_core.domain.events import ConstraintViolated, LayerJudged
from booking_core.domain.model import Appointment, CalcomBooking
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict
from booking_core.ports.storage import BookingAlreadyStoredError, UnitOfWork
from booking_core.service.bookkeeping import Bookkeeper, Holder
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial

_PROOFS = frozenset({Verdict.FRESH, Verdict.OWN_CALL, Verdict.NOT_STORED, Verdict.INSERTED})


@dataclass(frozen=True, slots=True)
class Rejection:
    """A layer's word: this answer is not a fresh booking of this call. `existing` is the row that Layer 3 or 4 saw."""

    layer: Layer
    existing: Appointment | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """All layers passed and the row is in; `verified` names the layers that could prove something."""

    appointment: Appointment
    verified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surplus:
    """Nothing is stored: the booking is new, but its call or customer holds another appointment instead.

    With several hosts, Cal.com books one customer twice at a time when the two calls' addresses differ.
    """

    held: Appointment


class LayerJudge:
    """Runs the layers that the profile switches on, in their order."""

    def __init__(self, *, surroundings: Surroundings, bookkeeper: Bookkeeper) -> None:
        self._world = surroundings
        self._bookkeeper = bookkeeper

    async def check_and_store(self, trial: Trial, booking: CalcomBooking) -> Stored | Rejection | Surplus:
        """Layers 1 and 2 on the answer, Layer 3 on the local rows, Layer 4 by the insert itself."""
        verdicts = self._judge_answer(trial, booking)
        rejection = _first_rejection(verdicts)
        if rejection is None and self._is_on(trial, Layer.EXISTING_APPOINTMENT):
            verdicts.append(await self._judge_rows(trial, booking))
            rejection = _first_rejection(verdicts)
        if rejection is not None:
            return rejection
        stored = await self._insert(trial, booking)
        if not isinstance(stored, Appointment):
            return stored
        if self._is_on(trial, Layer.UNIQUE_BOOKING):
            verdicts.append(self._judged_insert(trial, booking, insert_passed()))
        return Stored(stored, tuple(v.layer.name.lower() for v in verdicts if v.verdict in _PROOFS))

    def _judge_answer(self, trial: Trial, booking: CalcomBooking) -> list[LayerVerdict]:
        """Both pure layers always speak, so that a timeline shows the age AND both call ids; the first one decides."""
        settings = self._world.profile.defences
        now, call_id, sent = self._world.now(), trial.wish.call.retell_call_id, trial.request.attendee
        judges: dict[Layer, Callable[[], LayerVerdict]] = {
            Layer.FRESHNESS: lambda: judge_freshness(booking, now, settings),
            Layer.CALL_IDENTITY: lambda: judge_call_identity(booking, call_id, sent, settings),
        }
        timed = [self._timed(judge) for layer, judge in judges.items() if self._is_on(trial, layer)]
        deciding = next((verdict.layer for verdict, _ in timed if verdict.rejects), None)
        for verdict, seconds in timed:
            self._tell(trial, booking, verdict, seconds, deciding=verdict.layer is deciding)
        return [verdict for verdict, _ in timed]

    def _timed(self, judge: Callable[[], LayerVerdict]) -> tuple[LayerVerdict, float]:
        began = self._world.clock.monotonic()
        verdict = judge()
        return verdict, self._world.clock.monotonic() - began

    async def _judge_rows(self, trial: Trial, booking: CalcomBooking) -> LayerVerdict:
        began = self._world.clock.monotonic()
        verdict = judge_existing_appointment(await self.row_of(booking.uid), trial.wish.customer.id)
        self._tell(trial, booking, verdict, self._world.clock.monotonic() - began, deciding=verdict.rejects)
        return verdict

    async def _insert(self, trial: Trial, booking: CalcomBooking) -> Appointment | Rejection | Surplus:
        """Insert; when the key refuses, read the winner's row in a NEW transaction (the old one sees nothing)."""
        wish, now = trial.wish, self._world.now()
        holder = Holder(wish.call.id, wish.customer.id, wish.service.id)

        async def body(uow: UnitOfWork) -> Appointment | Surplus:
            held = await self._bookkeeper.held_instead(uow, holder, booking)
            if held is not None:
                return Surplus(held)
            return await self._bookkeeper.write(uow, holder, booking, now, trial.attempt_id)

        try:
            return await self._world.transactions(body)
        except BookingAlreadyStoredError:
            self._world.tell(ConstraintViolated(wish.call.id, booking.uid))
            winner = await self.row_of(booking.uid)
            if self._is_on(trial, Layer.UNIQUE_BOOKING):
                self._judged_insert(trial, booking, insert_refused(winner, wish.customer.id))
            return Rejection(Layer.UNIQUE_BOOKING, winner)

    async def row_of(self, booking_uid: str) -> Appointment | None:
        """The local row of a booking, read in a transaction of its own."""

        async def body(uow: UnitOfWork) -> Appointment | None:
            return await uow.appointments.by_booking_uid(booking_uid)

        return await self._world.transactions(body)

    def _judged_insert(self, trial: Trial, booking: CalcomBooking, verdict: LayerVerdict) -> LayerVerdict:
        # The insert is the booking's own work: what Layer 4 adds to it cannot be told apart, so it is counted as 0.
        self._tell(trial, booking, verdict, 0.0, deciding=verdict.rejects)
        return verdict

    def _is_on(self, trial: Trial, layer: Layer) -> bool:
        return self._world.has_layer(layer, trial.wish.entry)

    def _tell(
        self, trial: Trial, booking: CalcomBooking, verdict: LayerVerdict, seconds: float, *, deciding: bool
    ) -> None:
        wish = trial.wish
        fact = LayerJudged(
            wish.call.id, wish.customer.id, booking.uid, booking.created_at, verdict, deciding=deciding, seconds=seconds
        )
        self._world.tell(fact)


def _first_rejection(verdicts: list[LayerVerdict]) -> Rejection | None:
    rejecting = next((verdict for verdict in verdicts if verdict.rejects), None)
    return Rejection(rejecting.layer, rejecting.existing) if rejecting else None
