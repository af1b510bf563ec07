"""Running a body in one transaction; again as a whole when the database gave it up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.ports.storage import Body
from booking_core.ports.world import Ids
from booking_core.storage.drawn_ids import DrawnIds
from booking_core.storage.errors import MEETING_KEYS, is_given_up, violates
from booking_core.storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """How long a transaction that was given up is tried again. Seconds are the event loop's."""

    attempts_max: int = 8
    first_pause_s: float = 0.005  # a lock is usually held for one short transaction
    pause_max_s: float = 0.5
    total_s: float = 15.0  # three times SQLite's own wait of 5 s, and far below Retell's two minutes

    def pause_s(self, attempt: int, jitter: float) -> float:
        """The pause after that attempt (from 1): doubled each time, then between half and all of it."""
        longest: float = min(self.pause_max_s, self.first_pause_s * 2 ** (attempt - 1))
        return longest * (0.5 + jitter / 2)


class SqlTransactions:
    """`ports.storage.Transactions` on an engine.

    `jitter` gives numbers in [0, 1). The last error passes through when the budget is used up.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        ids: Ids,
        *,
        budget: RetryBudget | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._ids = ids
        self._budget = budget or RetryBudget()
        self._jitter = jitter

    async def __call__(self, body: Body[T]) -> T:
        """Run the body, commit, hand back its result."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._budget.total_s
        ids = DrawnIds(self._ids)
        attempt = 1
        while True:
            try:
                return await self._once(body, ids)
            except DBAPIError as error:
                pause_s = self._budget.pause_s(attempt, self._jitter())
                is_last = attempt >= self._budget.attempts_max or loop.time() + pause_s > deadline
                if is_last or not is_worth_repeating(error):
                    raise
            attempt += 1
            await asyncio.sleep(pause_s)

    async def _once(self, body: Body[T], ids: DrawnIds) -> T:
        ids.rewind()
        async with self._engine.begin() as connection:
            return await body(SqlUnitOfWork(connection, ids))


def is_worth_repeating(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is run again as a whole."""
    if isinstance(error, IntegrityError):
        return any(violates(error, key) for key in MEETING_KEYS)
    return is_given_up(error)
