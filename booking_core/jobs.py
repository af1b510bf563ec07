"""What the gateway does by itself from time to time, and how it stops without breaking off in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every so many seconds; the first time at once, for a crash may have left work."""

    name: str
    every_s: float
    do: Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class Jobs:
    """Runs jobs side by side until told to stop; a job that fails is reported and tried again in its time."""

    jobs: list[Job]
    report: Callable[[BaseException, str], None]
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until `stop`; a job under way is finished."""
        async with asyncio.TaskGroup() as group:
            for job in self.jobs:
                group.create_task(self._repeat(job), name=job.name)

    def stop(self) -> None:
        """No job begins any more."""
        self._stopping.set()

    async def _repeat(self, job: Job) -> None:
        while not self._stopping.is_set():
            try:
                await job.do()
            except Exception as error:  # noqa: BLE001 - one failure (a database away) must not end the job for good
                self.report(error, job.name)
            await self._pause(job.every_s)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
