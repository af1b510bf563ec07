"""I/O points: which pending completion comes next, and whether a timer comes before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from simulator.choices import Choices
from simulator.limits import Limits
from simulator.loop import SimulationLoop
from simulator.schedulers import FromList, Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    MakeLoop = Callable[[Limits], SimulationLoop]


def loop_with(answers: list[int] | None = None, limits: Limits | None = None) -> SimulationLoop:
    scheduler = Plain() if answers is None else FromList(answers)
    return SimulationLoop(Choices(scheduler), limits=limits)


@pytest.fixture
def loop() -> Iterator[SimulationLoop]:
    loop = loop_with()
    yield loop
    loop.close()


def io_order(answers: list[int], *, actors: str = "abc", rounds: int = 2) -> list[str]:
    """In which order I/Os complete: each actor does `rounds` of them."""
    loop = loop_with(answers)
    order: list[str] = []

    async def work(name: str) -> None:
        for number in range(rounds):
            await loop.io_point(f"{name}{number}")
            order.append(f"{name}{number}")

    async def main() -> None:
        await asyncio.gather(*(work(name) for name in actors))

    loop.run_until_complete(main())
    loop.close()
    return order


def test_plain_order_serves_one_caller_to_the_end_before_the_next() -> None:
    assert io_order([]) == ["a0", "a1", "b0", "b1", "c0", "c1"]


def test_one_deviation_is_one_preemption() -> None:
    assert io_order([0, 1], actors="ab") == ["a0", "b0", "b1", "a1"]


def test_an_io_completes_through_the_loop_even_when_it_is_the_only_one(loop: SimulationLoop) -> None:
    async def main() -> bool:
        return loop.io_point("alone").done()

    assert loop.run_until_complete(main()) is False


def race_with_timer(delay_s: float, answers: list[int]) -> list[str]:
    loop = loop_with(answers)
    order: list[str] = []

    async def io() -> None:
        await loop.io_point("io")
        order.append("io")

    async def timer() -> None:
        await asyncio.sleep(delay_s)
        order.append("timer")

    async def main() -> None:
        await asyncio.gather(io(), timer())

    loop.run_until_complete(main())
    loop.close()
    return order


def test_a_timer_within_the_horizon_may_overtake_a_pending_io() -> None:
    assert race_with_timer(0.15, [1]) == ["timer", "io"]
    assert race_with_timer(0.15, [0]) == ["io", "timer"]


def test_a_timer_beyond_the_horizon_never_overtakes_a_pending_io() -> None:
    assert race_with_timer(0.25, [1]) == ["io", "timer"]


def test_a_loop_of_io_alone_still_meets_its_deadline(loop: SimulationLoop) -> None:
    async def poll() -> None:
        while True:
            await loop.io_point("poll")

    async def main() -> None:
        async with asyncio.timeout(1):
            await poll()

    with pytest.raises(TimeoutError):
        loop.run_until_complete(main())

    assert loop.time() == pytest.approx(1.0, abs=0.001)


def test_no_scheduler_can_starve_a_pending_io_beyond_the_horizon(loop: SimulationLoop) -> None:
    async def hog() -> None:
        for _ in range(10_000):
            await loop.io_point("hog")

    async def main() -> float:
        hogging = asyncio.create_task(hog())
        await asyncio.sleep(0)
        await loop.io_point("starved")
        hogging.cancel()
        return loop.time()

    assert loop.run_until_complete(main()) < 0.21
