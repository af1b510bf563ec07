"""Reconciliation: makes this database and Cal.com agree again after crashes, lost replies and times without Cal.com.

Attempts first (they say what callers wait for), then orphans (here and not there), then ghosts (there and not here).
Running it twice, or in two gateways at once, does nothing twice: every step reads, decides and writes in one
transaction, and attempts are claimed before they go to Cal.com again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from booking_core.domain.events import UnsettledCounted
from booking_core.domain.model import Attempt
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.service.pipeline import Pipeline
from booking_core.service.settle_attempts import AttemptSettler
from booking_core.service.settle_bookings import BookingSettler, Finding
from booking_core.service.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What was found. `attempts` are (attempt id, settled as); `waiting` counts those whose end is still unknown."""

    attempts: tuple[tuple[int, str], ...] = ()
    orphans: tuple[Finding, ...] = ()
    ghosts: tuple[Finding, ...] = ()
    waiting: int = 0
    asked_calcom: bool = True  # False: Cal.com could not be asked, orphans and ghosts are not known
    applied: bool = True


class Reconciler:
    """Finds what does not agree and settles it."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings
        pipeline = Pipeline(surroundings=surroundings)
        self._attempts = AttemptSettler(surroundings=surroundings, pipeline=pipeline)
        self._bookings = BookingSettler(surroundings=surroundings, bookkeeper=pipeline.bookkeeper)

    async def __call__(self, *, apply: bool = True) -> ReconcileReport:
        """One round; without `apply` it only tells what it would look into."""
        attempts = [(a.id, await self._settle(a, apply=apply)) for a in await self._unsettled()]
        report = await self._compare(tuple(attempts), apply=apply)
        await self._count()
        return report

    async def _settle(self, attempt: Attempt, *, apply: bool) -> str:
        return await self._attempts.settle(attempt) if apply else attempt.state.value

    async def _compare(self, attempts: tuple[tuple[int, str], ...], *, apply: bool) -> ReconcileReport:
        waiting = sum(settled_as in {"waiting", "open", "unknown"} for _, settled_as in attempts)
        try:
            orphans, ghosts = await self._bookings.settle(apply=apply)
        except CalcomUnavailableError:
            return ReconcileReport(attempts, waiting=waiting, asked_calcom=False, applied=apply)
        return ReconcileReport(attempts, orphans, ghosts, waiting, applied=apply)

    async def _unsettled(self) -> list[Attempt]:
        """A younger attempt may still be at Cal.com, in the hands of the request that opened it."""
        older_than = self._world.now() - timedelta(seconds=self._world.business.in_flight_s)

        async def body(uow: UnitOfWork) -> list[Attempt]:
            return list(await uow.attempts.unsettled(older_than))

        return await self._world.transactions(body)

    async def _count(self) -> None:
        now = self._world.now()

        async def body(uow: UnitOfWork) -> list[Attempt]:
            return list(await uow.attempts.unsettled(now + timedelta(seconds=1)))

        waiting = await self._world.transactions(body)
        oldest_s = max(((now - attempt.created_at).total_seconds() for attempt in waiting), default=0.0)
        self._world.tell(UnsettledCounted(len(waiting), oldest_s))
