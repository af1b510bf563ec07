"""Jobs run at once and again in their time, survive failures, and stop without breaking off."""

from __future__ import annotations

import asyncio
from pathlib import Path

from booking_core.domain.events import UnsettledCounted
from booking_core.jobs import Job, Jobs
from tests.booking_core.calcom.scripted import hangs_up
from tests.booking_core.web.rig import gateway, wish


class Reports(list[tuple[str, str]]):
    """What failed where."""

    def __call__(self, error: BaseException, name: str) -> None:
        self.append((type(error).__name__, name))


class CountingJob:
    """Fails on its first run and tells when it ran three times."""

    def __init__(self) -> None:
        self.runs = 0
        self.third = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise OSError
        if self.runs == 3:
            self.third.set()


class SlowJob:
    """Waits to be let go on."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.ended = asyncio.Event(), asyncio.Event(), False

    async def __call__(self) -> None:
        self.begun.set()
        await self.may_end.wait()
        self.ended = True


async def test_a_job_that_failed_is_reported_and_run_again() -> None:
    job, reports = CountingJob(), Reports()
    jobs = Jobs([Job("counting", 0.001, job)], reports)

    running = asyncio.create_task(jobs.run())
    await asyncio.wait_for(job.third.wait(), 5)
    jobs.stop()
    await asyncio.wait_for(running, 5)

    assert reports == [("OSError", "counting")]


async def test_a_job_under_way_is_finished_and_no_other_begins() -> None:
    job = SlowJob()
    jobs = Jobs([Job("slow", 0.001, job)], Reports())
    running = asyncio.create_task(jobs.run())
    await job.begun.wait()

    jobs.stop()
    job.begun.clear()
    job.may_end.set()
    await asyncio.wait_for(running, 5)

    assert job.ended
    assert not job.begun.is_set()


async def test_reconciliation_tells_how_many_wait_and_for_how_long(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        await rig.core.reconcile()
        rig.calcom.reactions = [hangs_up]
        pending = await rig.retell("collect-appointment", wish())
        rig.clock.advance(61)
        await rig.core.reconcile()

        counted = [fact for fact in rig.told if isinstance(fact, UnsettledCounted)]
        assert pending.body["status"] == "pending"
        assert counted == [UnsettledCounted(0, 0.0), UnsettledCounted(1, 61.0)]
