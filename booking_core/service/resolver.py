"""Carries out what resolution decides: the transactions and look-ups behind a rejected, refused or missing answer."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.events import FalselyRejected
from booking_core.domain.model import Appointment, CalcomBooking, CallRelation
from booking_core.domain.outcomes import (
    Booked,
    Duplicate,
    Existing,
    Failed,
    Layer,
    Outcome,
    Pending,
    Recovered,
    Unavailable,
)
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.profiles import ResolutionPolicy
from booking_core.resolution import (
    AdoptAndLink,
    Asker,
    Decision,
    Known,
    LinkExisting,
    RecoverOwn,
    Reopen,
    TakeOver,
    TurnAway,
    is_own,
    resolve_answer,
    resolve_refusal,
)
from booking_core.service.alternatives import Alternatives
from booking_core.service.bookkeeping import Bookkeeper, Holder
from booking_core.service.layer_judge import Rejection
from booking_core.service.moved_booking import find_moved_anywhere
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial

_GONE = "what Cal.com answered with, or what is held instead, may be over by now"


@dataclass(frozen=True, slots=True)
class _Carried:
    """A decision (None: in doubt) and the appointment it led to; None when the asker is turned away."""

    decision: Decision | None
    appointment: Appointment | None


class Resolver:
    """Finds out the truth behind an answer and makes the records agree with it."""

    def __init__(self, *, surroundings: Surroundings, bookkeeper: Bookkeeper, alternatives: Alternatives) -> None:
        self._world = surroundings
        self._bookkeeper = bookkeeper
        self._alternatives = alternatives

    async def rejected(self, trial: Trial, booking: CalcomBooking, rejection: Rejection) -> Outcome:
        """A layer turned the answer down: as far as the profile goes, say what the answer is."""
        match self._world.profile.resolution:
            case ResolutionPolicy.NONE:
                return Failed(f"layer {rejection.layer.value} turned the answer down")
            case ResolutionPolicy.FOUND_ROW:
                # What was deployed: the row is handed back as if it had been booked now, and nobody is linked.
                found = rejection.existing
                return Booked(found) if found else Failed(f"layer {rejection.layer.value} turned the answer down")
            case ResolutionPolicy.FULL:
                return await self._resolve(trial, booking, rejection)

    async def refused(self, trial: Trial) -> Outcome:
        """Cal.com refused the slot: the caller's own appointment may be why, else other times are offered."""
        if not self._world.resolves:
            return Unavailable(await self.alternatives(trial))
        held = await self._held_by_customer(trial)
        if held is not None and await self.stands(held.appointment):
            return held
        try:
            own = await self.find_own(trial.asker, trial.request.attendee.email or "", trial.wish.start)
        except CalcomUnavailableError:
            return Pending()
        return await self.adopt(trial, own) if own else Unavailable(await self.alternatives(trial))

    async def find_own(self, asker: Asker, attendee_email: str, start: datetime) -> CalcomBooking | None:
        """The live booking at Cal.com that this call made; raises CalcomUnavailableError when nobody can tell."""
        bookings = await self._world.calcom.find_bookings(attendee_email, start)
        return next((booking for booking in bookings if booking.is_live and is_own(booking, asker)), None)

    async def stands(self, appointment: Appointment) -> bool:
        """Whether Cal.com still holds the appointment's booking; if not, the row is moved or cancelled as there.

        Asked before somebody is told of an appointment, or a new booking given back, on the record's word alone: the
        host may have cancelled it, and the webhook be late. When Cal.com cannot be asked, the record is believed,
        unless a caller has wanted to change the appointment: the record may not know yet what came of that.
        """
        if appointment.calcom_v2_booking_id is None:
            return True
        try:
            booking = await self._world.calcom.get_booking(appointment.calcom_v2_booking_id)
        except CalcomUnavailableError:
            return not await self._was_to_change(appointment)
        if booking is not None and booking.is_live:
            return True
        await self._follow(appointment, await self._replacement(booking) if booking is not None else None)
        return False

    async def _was_to_change(self, appointment: Appointment) -> bool:
        async def body(uow: UnitOfWork) -> bool:
            changes = CallRelation.CANCELLATION_ATTEMPT, CallRelation.RESCHEDULE_ATTEMPT
            return any([await uow.appointment_calls.exists(appointment.id, change) for change in changes])

        return await self._world.transactions(body)

    async def _replacement(self, old: CalcomBooking) -> CalcomBooking | None:
        """Where a booking that is over went: another request may be moving it and not have written that down yet."""
        try:
            return await find_moved_anywhere(self._world, old)
        except CalcomUnavailableError:
            return None

    async def _follow(self, appointment: Appointment, moved: CalcomBooking | None) -> None:
        """Move or cancel the row, unless it changed since it was read."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> None:
            if await self._bookkeeper.hold(uow, appointment) != appointment:
                return
            if moved is not None and await uow.appointments.by_booking_uid(moved.uid) is None:
                await self._bookkeeper.move(uow, appointment, moved, now)
            else:
                await self._bookkeeper.cancel(uow, appointment, "no longer booked at Cal.com", now)

        await self._world.past_a_race(body)

    async def adopt(self, trial: Trial, booking: CalcomBooking) -> Recovered | Existing | Failed:
        """This call's own booking: make the row and the link agree with it, or give it back when it is surplus."""
        holder, now = holder_of(trial), self._world.now()

        async def body(uow: UnitOfWork) -> Appointment:
            return await self._bookkeeper.write_or_link(uow, holder, booking, now, trial.attempt_id)

        appointment = await self._world.past_a_race(body)
        if not await self._vouched(appointment, booking):
            appointment, seen = await self._world.past_a_race(body), appointment
            if appointment == seen or not await self.stands(appointment):
                return Failed(_GONE)
        self._world.calcom.forget_free_starts(trial.wish.service.calcom_event_type_id)
        return await self._recovered(trial, booking, appointment)

    async def _vouched(self, led_to: Appointment, booking: CalcomBooking) -> bool:
        """What the answered booking itself led to is certain; what is held instead of it may be over at Cal.com.

        If so, the writes are done once more. Until then the answered booking counted as surplus: reconciliation may
        have given it back meanwhile, so what the second time leads to must stand.
        """
        return led_to.calcom_v2_booking_id == booking.uid or await self.stands(led_to)

    async def alternatives(self, trial: Trial) -> tuple[datetime, ...]:
        """The nearest free starts to offer instead."""
        wish = trial.wish
        return await self._alternatives.near(wish.service.calcom_event_type_id, wish.start, self._world.now())

    async def _resolve(self, trial: Trial, booking: CalcomBooking, rejection: Rejection) -> Outcome:
        carried = await self._decide(trial, booking)
        match carried.decision, carried.appointment:
            case None, _:
                return Failed(_GONE)
            case (RecoverOwn() | TakeOver()) as decision, Appointment() as appointment:
                if isinstance(decision, RecoverOwn) and rejection.layer in {Layer.FRESHNESS, Layer.CALL_IDENTITY}:
                    self._world.tell(FalselyRejected(trial.wish.call.id, booking.uid, rejection.layer.value))
                return await self._recovered(trial, booking, appointment)
            case Reopen(), Appointment() as appointment:  # or it was cancelled there while the answer was on its way
                return Booked(appointment) if await self.stands(appointment) else Failed(_GONE)
            case ((LinkExisting() | AdoptAndLink()), Appointment() as appointment):
                return Existing(appointment)
            case TurnAway(foreign=True), _:
                return Duplicate(await self.alternatives(trial))
            case _:
                return Unavailable(await self.alternatives(trial))

    async def _decide(self, trial: Trial, booking: CalcomBooking) -> _Carried:
        """The decision, carried out; without one when what it led to cannot be vouched for."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> _Carried:
            decision = resolve_answer(booking, trial.asker, await self._known(uow, booking), now)
            return _Carried(decision, await self._carry_out(uow, decision, trial, booking, now))

        carried = await self._world.past_a_race(body)
        if carried.appointment is not None and not await self._vouched(carried.appointment, booking):
            carried, seen = await self._world.past_a_race(body), carried
            led_to = carried.appointment
            if led_to is not None and (led_to == seen.appointment or not await self.stands(led_to)):
                return _Carried(None, None)
        return carried

    async def _carry_out(
        self, uow: UnitOfWork, decision: Decision, trial: Trial, booking: CalcomBooking, now: datetime
    ) -> Appointment | None:
        """The decision's writes, in the very transaction that read what it rests on."""
        keeper, call_id = self._bookkeeper, trial.wish.call.id
        match decision:
            case RecoverOwn() | TakeOver():
                return await keeper.write_or_link(uow, holder_of(trial), booking, now, trial.attempt_id)
            case Reopen(appointment):
                reopened = await keeper.reopen(uow, appointment, booking, now)
                await keeper.link_own(uow, reopened, call_id, now, trial.attempt_id)
                return reopened
            case LinkExisting(appointment):
                await keeper.link_duplicate(uow, appointment, call_id, now)
                return appointment
            case AdoptAndLink(original_call_id):
                holder = Holder(original_call_id, trial.wish.customer.id, trial.wish.service.id)
                appointment = await keeper.write_or_link(uow, holder, booking, now)
                await keeper.link_duplicate(uow, appointment, call_id, now)
                return appointment
            case TurnAway():
                return None

    async def _known(self, uow: UnitOfWork, booking: CalcomBooking) -> Known:
        original = await uow.calls.by_retell_id(booking.retell_call_id) if booking.retell_call_id else None
        row = await uow.appointments.by_booking_uid(booking.uid)
        if row is not None:
            return Known(row, original)
        attempt = await uow.attempts.by_key(booking.metadata.get("attempt_key", ""))
        return Known(None, original, await self._bookkeeper.made_for_a_given_up(uow, attempt))

    async def surplus(self, trial: Trial, booking: CalcomBooking, held: Appointment) -> Recovered | Existing:
        """A new booking beside what the call or its customer holds: given back; what is held is what counts."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> None:
            await self._bookkeeper.link_held(uow, held, trial.wish.call.id, now, trial.attempt_id)

        await self._world.transactions(body)
        return await self._recovered(trial, booking, held)

    async def _recovered(self, trial: Trial, booking: CalcomBooking, appointment: Appointment) -> Recovered | Existing:
        if appointment.calcom_v2_booking_id == booking.uid:
            return Recovered(appointment)
        await self._give_back(booking)
        own = appointment.call_id == trial.wish.call.id and appointment.starts_at == trial.wish.start
        return Recovered(appointment) if own else Existing(appointment)

    async def _give_back(self, booking: CalcomBooking) -> None:
        """When Cal.com cannot be reached for it, reconciliation finds a settled attempt's booking without a row."""
        with contextlib.suppress(CalcomUnavailableError):
            await self._world.calcom.cancel_booking(booking.uid, "the customer holds another appointment instead")
        if booking.event_type_id is not None:
            self._world.calcom.forget_free_starts(booking.event_type_id)

    async def _held_by_customer(self, trial: Trial) -> Recovered | Existing | None:
        """This customer's live appointment at the refused start, linked to this call; None when there is none."""
        wish, now = trial.wish, self._world.now()

        async def body(uow: UnitOfWork) -> Recovered | Existing | None:
            held = await uow.appointments.live_of_customer_at(wish.customer.id, wish.start)
            decision = resolve_refusal(held, trial.asker, now)
            if held is None or decision is None:
                return None
            await self._bookkeeper.link_held(uow, held, wish.call.id, now, trial.attempt_id)
            return Recovered(held) if isinstance(decision, RecoverOwn) else Existing(held)

        return await self._world.transactions(body)


def holder_of(trial: Trial) -> Holder:
    """The wish's own call, customer and service."""
    return Holder(trial.wish.call.id, trial.wish.customer.id, trial.wish.service.id)
