"""From a trial to its outcome: the create request first, then what its answer, refusal or silence means.

Both entries and reconciliation send their trials through here, so there is one way to book and no other.
"""

from __future__ import annotations

from booking_core.domain.events import AnswerReceived, CreateRefused, CreateUnknown
from booking_core.domain.model import CalcomBooking
from booking_core.domain.outcomes import Booked, Failed, Outcome, Pending, Recovered
from booking_core.ports.calcom import Answered, CalcomUnavailableError, NotSent, Refused, Unknown
from booking_core.service.alternatives import Alternatives
from booking_core.service.attempts import AttemptKeeper
from booking_core.service.bookkeeping import Bookkeeper
from booking_core.service.layer_judge import LayerJudge, Rejection, Stored, Surplus
from booking_core.service.resolver import Resolver
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import Trial

_IN_DOUBT = "what is held instead of the new booking cannot be vouched for, or the new one is gone"


class Pipeline:
    """Sends trials to Cal.com and finds out what became of them."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        self.bookkeeper = Bookkeeper(surroundings.profile, surroundings.business.fallback_email)
        alternatives = Alternatives(calcom=surroundings.calcom, business=surroundings.business)
        self._judge = LayerJudge(surroundings=surroundings, bookkeeper=self.bookkeeper)
        self.resolver = Resolver(surroundings=surroundings, bookkeeper=self.bookkeeper, alternatives=alternatives)
        self.attempts = AttemptKeeper(surroundings=surroundings, bookkeeper=self.bookkeeper, resolver=self.resolver)

    async def run(self, trial: Trial) -> Outcome:
        """Create, judge, resolve, settle the trial's attempt; a create that left nothing behind is sent once more."""
        outcome = await self._left_behind(trial) or await self._create(trial)
        if outcome is None:
            again = await self.attempts.touch(trial)
            if isinstance(again, Trial):
                trial, outcome = again, await self._create(again) or Pending()
            else:
                outcome = again
        return outcome if isinstance(outcome, Booked | Recovered) else await self.attempts.close(trial, outcome)

    async def _left_behind(self, trial: Trial) -> Outcome | None:
        """A settled attempt's booking may still be at Cal.com: silence or a crash kept it from being given back."""
        try:
            for address in trial.earlier_addresses:
                own = await self.resolver.find_own(trial.asker, address, trial.wish.start)
                if own is not None:
                    return await self.resolver.adopt(trial, own)
        except CalcomUnavailableError:
            return Pending()
        return None

    async def _create(self, trial: Trial) -> Outcome | None:
        """None: no usable answer came, and Cal.com says that it has no such booking."""
        match await self._world.calcom.create_booking(trial.request):
            case Answered(booking):
                return await self._answered(trial, booking)
            case Refused() as refusal:
                return await self._refused(trial, refusal)
            case Unknown(reason):
                return await self._unknown(trial, reason)
            case NotSent(reason):
                return Pending() if self._world.profile.attempts else Failed(reason)

    async def _answered(self, trial: Trial, booking: CalcomBooking) -> Outcome:
        self._world.tell(self._answer_received(trial, booking))
        stored = await self._judge.check_and_store(trial, booking)
        if isinstance(stored, Surplus) and not await self.resolver.stands(stored.held):
            seen, stored = stored, await self._judge.check_and_store(trial, booking)
            if stored == seen or (isinstance(stored, Stored) and not await self.resolver.stands(stored.appointment)):
                return Failed(_IN_DOUBT)
        match stored:
            case Rejection() as rejection:
                return await self.resolver.rejected(trial, booking, rejection)
            case Surplus(held):
                return await self.resolver.surplus(trial, booking, held)
            case Stored(appointment, verified):
                self._world.calcom.forget_free_starts(trial.request.event_type_id)
                return Booked(appointment, verified)

    async def _refused(self, trial: Trial, refusal: Refused) -> Outcome:
        self._world.tell(CreateRefused(trial.wish.call.id, refusal.http_status, refusal.message))
        if not refusal.concerns_slot:
            return Failed(f"Cal.com refused the request with {refusal.http_status}")
        self._world.calcom.forget_free_starts(trial.request.event_type_id)
        return await self.resolver.refused(trial)

    async def _unknown(self, trial: Trial, reason: str) -> Outcome | None:
        """No usable answer: look the booking up; None when Cal.com says it is not there."""
        self._world.tell(CreateUnknown(trial.wish.call.id, reason))
        if not self._world.resolves:
            return Failed(reason)
        try:
            own = await self.resolver.find_own(trial.asker, trial.request.attendee.email or "", trial.wish.start)
        except CalcomUnavailableError:
            return Pending()
        return await self.resolver.adopt(trial, own) if own is not None else None

    def _answer_received(self, trial: Trial, booking: CalcomBooking) -> AnswerReceived:
        created_at, sent = booking.created_at, trial.request.metadata["call_id"]
        age_s = (self._world.now() - created_at).total_seconds() if created_at else None
        return AnswerReceived(trial.wish.call.id, booking.uid, created_at, age_s, sent, booking.retell_call_id)
