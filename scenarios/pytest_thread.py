"""A thread with an event loop of its own, in which the fake lives while tests run beside it.

A test may be plain or async, and its client may block (requests, urllib) or not (aiohttp, httpx). A server on the
test's own loop would answer nobody while a blocking client waits; a server in a thread answers both, needs no
plug-in for async tests, and costs a hand-over of some 50 microseconds for each question to the fake.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

T = TypeVar("T")
PATIENCE_S = 30.0  # for one question to the fake: longer means that it waits for the test that waits for it


class LoopThread:
    """Enter it, then `run` functions and `wait` for coroutines there, from any other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-calcom", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def run(self, function: Callable[[], T]) -> T:
        """Call a function in the thread; what it raises is raised here."""

        async def call() -> T:
            return function()

        return self.wait(call())

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread to its end; TimeoutError after PATIENCE_S."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(PATIENCE_S)
        except TimeoutError:
            future.cancel()
            raise
