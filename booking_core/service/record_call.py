"""Recording: a call gets its row when it begins, and its wish when it has been analysed."""

from __future__ import annotations

from booking_core.domain.commands import RecordCall
from booking_core.ports.storage import UnitOfWork
from booking_core.service.surroundings import Surroundings
from booking_core.service.wish import find_or_add_call, take_in


class CallRecorder:
    """Keeps calls. The same call again changes nothing but its wish."""

    def __init__(self, *, surroundings: Surroundings) -> None:
        self._world = surroundings

    async def __call__(self, command: RecordCall) -> None:
        """One transaction; a wish for a service that does not exist leaves the call without one."""
        now = self._world.now()

        async def body(uow: UnitOfWork) -> None:
            await find_or_add_call(uow, command.retell_call_id, command.from_number, now)
            if command.wish is not None:
                await take_in(uow, command.wish, now, self._world.business)

        await self._world.transactions(body)
