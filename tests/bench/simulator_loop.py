"""What the simulation loop costs beside asyncio's own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.loop import SimulationLoop
from tests.bench.table import Part, Row, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEPS = 10_000


def measure() -> Iterator[Row]:
    """Task steps, timers, and the life of a loop."""
    for tasks in (2, 10, 100, 1000):
        stock, simulated = (_steps(loop, tasks) for loop in (asyncio.new_event_loop, SimulationLoop))
        note = f"a stock loop {stock:,.0f}: {simulated / stock:.0%} of it, trace included"
        yield Row(f"task steps with {tasks} tasks", simulated, "steps/s", note=note)
    yield Row("timers of one sleeping task", _timers(), "wake-ups/s")
    stock, simulated = (_lives(loop) for loop in (asyncio.new_event_loop, SimulationLoop))
    yield Row("loops made and closed", simulated, "loops/s", at_least=stock, note=f"a stock loop {stock:,.0f}")


def _lives(make: Callable[[], asyncio.AbstractEventLoop]) -> float:
    return rate(lambda: make().close(), seconds=0.5)


def _steps(make: Callable[[], asyncio.AbstractEventLoop], tasks: int) -> float:
    async def yield_often() -> None:
        for _ in range(_STEPS // tasks):
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(*(yield_often() for _ in range(tasks)))

    def work() -> None:
        loop = make()
        try:
            loop.run_until_complete(main())
        finally:
            loop.close()

    return rate(work, seconds=1.0, batch=_STEPS)


def _timers() -> float:
    async def main() -> None:
        for _ in range(_STEPS):
            await asyncio.sleep(1)

    def work() -> None:
        loop = SimulationLoop()
        loop.run_until_complete(main())
        loop.close()

    return rate(work, seconds=0.5, batch=_STEPS)


PART = Part("The loop beside asyncio's", measure)
