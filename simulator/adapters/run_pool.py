"""SQLAlchemy's connection pool, able to outlive one event loop.

Every run has its own loop while opening an engine's first connection costs half a millisecond; a pool that
keeps its connections from run to run doubles the runs per second. asyncio's queues bind to the loop on
which they first waited, so the queue is renewed with each loop; what it holds is carried over.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util.queue import AsyncAdaptedQueue


class _RunQueue(AsyncAdaptedQueue[Any]):
    """A queue whose asyncio part belongs to the loop that runs now. A loop that is over is not kept alive."""

    _bound: tuple[weakref.ref[asyncio.AbstractEventLoop] | None, asyncio.Queue[Any]] | None = None

    @property
    def _queue(self) -> asyncio.Queue[Any]:
        loop = weakref.ref(asyncio.get_running_loop()) if _is_running() else None
        if self._bound is None or (loop is not None and self._bound[0] != loop):
            queue: asyncio.Queue[Any] = (asyncio.LifoQueue if self.use_lifo else asyncio.Queue)(self.maxsize)
            while self._bound is not None and not self._bound[1].empty():
                queue.put_nowait(self._bound[1].get_nowait())
            self._bound = (loop, queue)
        return self._bound[1]


class RunPool(AsyncAdaptedQueuePool):
    """The pool to give an engine that serves several runs (`create_async_engine(poolclass=RunPool)`)."""

    _queue_class = _RunQueue


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
