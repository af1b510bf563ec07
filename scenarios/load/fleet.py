"""The gateways of a load run: started, killed without warning, and replaced."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from scenarios.load.processes import Served

Start = Callable[[int], AbstractAsyncContextManager[Served]]


class Fleet:
    """Gateways by place. `urls` is one list for the whole run: callers find a replacement where its forerunner was."""

    def __init__(self, stack: AsyncExitStack, start: Start) -> None:
        self.urls: list[str] = []
        self.gateways: list[Served] = []
        self.last_metrics: list[str] = []  # of those that were killed
        self.crashes = 0
        self._stack = stack
        self._start = start
        self._started = 0

    async def add(self) -> None:
        """One more; its process ends with the stack."""
        served = await self._next()
        self.gateways.append(served)
        self.urls.append(served.url)

    async def crash(self, place: int) -> None:
        """Kill the one at this place as a power cut would; what it was about to write is never written."""
        self.gateways[place].process.kill()
        await self.gateways[place].process.wait()
        self.crashes += 1
        served = await self._next()
        self.gateways[place], self.urls[place] = served, served.url

    async def _next(self) -> Served:
        self._started += 1
        return await self._stack.enter_async_context(self._start(self._started))
