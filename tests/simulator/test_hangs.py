"""Hangs are findings with names: deadlock, livelock, and the budgets of a run."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing
from itertools import count
from typing import TYPE_CHECKING

import pytest

from simulator.choices import Choices
from simulator.errors import BudgetError, DeadlockError, LivelockError
from simulator.limits import Limits
from simulator.loop import SimulationLoop
from simulator.schedulers import Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    MakeLoop = Callable[[Limits], SimulationLoop]


def loop_with(limits: Limits | None = None) -> SimulationLoop:
    return SimulationLoop(Choices(Plain()), limits=limits)


@pytest.fixture
def loop() -> Iterator[SimulationLoop]:
    loop = loop_with()
    yield loop
    loop.close()


@pytest.fixture
def make_loop() -> Iterator[MakeLoop]:
    with ExitStack() as stack:

        def make(limits: Limits) -> SimulationLoop:
            return stack.enter_context(closing(loop_with(limits=limits)))

        yield make


def test_a_deadlock_names_who_waits_for_whom_and_where(loop: SimulationLoop) -> None:
    async def forgotten() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        await loop.create_task(forgotten(), name="worker")

    with pytest.raises(DeadlockError) as caught:
        loop.run_until_complete(main())

    assert "main#1 waits for worker" in str(caught.value)
    assert "worker waits for a future nobody completes in Event.wait" in str(caught.value)
    assert "test_hangs.py" in str(caught.value)


def test_a_deadlock_of_a_thousand_tasks_is_told_in_a_few_lines(loop: SimulationLoop) -> None:
    async def main() -> None:
        await asyncio.gather(*(asyncio.Event().wait() for _ in range(1_000)))

    with pytest.raises(DeadlockError, match=r"… and 981 more") as caught:
        loop.run_until_complete(main())

    assert str(caught.value).count("\n") < 30


def test_a_livelock_ends_by_the_budget_of_steps_without_time(make_loop: MakeLoop) -> None:
    loop = make_loop(Limits(ready_steps_max=1_000))

    async def spin() -> None:
        for _ in count():
            await asyncio.sleep(0)

    with pytest.raises(LivelockError, match="1000 steps in a row"):
        loop.run_until_complete(spin())
    assert loop.steps < 1_100


def test_a_run_that_takes_too_many_steps_ends_by_the_budget(make_loop: MakeLoop) -> None:
    loop = make_loop(Limits(steps_max=1_000))

    async def tick() -> None:
        for _ in count():
            await asyncio.sleep(0.001)

    with pytest.raises(BudgetError, match="steps_max = 1000"):
        loop.run_until_complete(tick())


def test_a_run_that_lasts_too_long_ends_by_the_budget_and_names_who_waits(make_loop: MakeLoop) -> None:
    loop = make_loop(Limits(virtual_s_max=60))

    async def never_ends() -> None:
        for _ in count():
            await asyncio.sleep(1)

    with pytest.raises(BudgetError, match=r"virtual_s_max = 60 s:\n  main#1 waits"):
        loop.run_until_complete(never_ends())
