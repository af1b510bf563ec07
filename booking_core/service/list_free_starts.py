"""Free times: what Cal.com offers on a day. Only an offer: a booking never rests on it."""

from __future__ import annotations

from booking_core.domain.commands import ListFreeStarts
from booking_core.domain.model import Service
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import CalcomUnavailableError
from booking_core.ports.storage import UnitOfWork
from booking_core.service.alternatives import local_day
from booking_core.service.messages import answer, say
from booking_core.service.surroundings import Surroundings


class FreeStartsLister:
    """Tells the free starts of a day, all of them, in `alternatives`."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings

    async def __call__(self, command: ListFreeStarts) -> CallerAnswer:
        """Status `available` or `unavailable`; `error` when the service is unknown or Cal.com cannot be asked."""
        zone, language = self._world.business.time_zone, command.language

        async def body(uow: UnitOfWork) -> Service | None:
            return await uow.services.by_name(command.service)

        service = await self._world.transactions(body)
        if service is None:
            return answer(Status.ERROR, say("no_service", language))
        start, end = local_day(command.day, zone)
        try:
            starts = await self._world.calcom.free_starts(service.calcom_event_type_id, start, end)
        except CalcomUnavailableError:
            return answer(Status.ERROR, say("cannot_look", language))
        ahead = tuple(free for free in starts if free > self._world.now())
        day = f"{command.day:%d.%m.%Y}"
        if not ahead:
            return answer(Status.UNAVAILABLE, say("nothing_free", language, day=day))
        times = ", ".join(f"{free.astimezone(zone):%H:%M}" for free in ahead)
        return answer(Status.AVAILABLE, say("available", language, day=day, times=times), alternatives=ahead)
