"""Who holds an asyncio.Lock: asyncio does not remember, and a deadlock cannot be told without it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_HOLDER = "_simulator_holder"


def remembering_acquire(acquire: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Any]:
    """`Lock.acquire` that notes its task. It awaits nothing more, so no order changes."""

    async def acquire_and_remember(lock: asyncio.Lock) -> Any:
        acquired = await acquire(lock)
        task = asyncio.current_task()
        setattr(lock, _HOLDER, "nobody" if task is None else task.get_name())
        return acquired

    return acquire_and_remember


def holder_of(lock: object) -> str | None:
    """The name of the task that holds the lock; None when it is free or was never seen."""
    if isinstance(lock, asyncio.Lock) and lock.locked():
        holder: str | None = getattr(lock, _HOLDER, None)
        return holder
    return None
