"""Wall clocks driven by virtual time: every way to read them, per node, and the real time in between."""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import sys
import threading
import time
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from simulator.adapters.frozen_time import FrozenTime, ManualWallClock
from simulator.limits import Limits
from simulator.schedulers import Plain
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from simulator.simulation import RunResult

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_real_time = (time.time, time.monotonic)


def simulate(world: Callable[[Simulation], Awaitable[Any]], frozen: FrozenTime) -> RunResult:
    limits = Limits(choice_points_min=0)
    return Simulation(world, scheduler=Plain(), start=START, limits=limits, environment=(frozen.environment,)).run()


def test_every_clock_moves_with_virtual_time() -> None:
    async def world(_simulation: Simulation) -> list[float]:
        def now() -> float:
            return dt.datetime.now(dt.UTC).timestamp()

        clocks: list[Callable[[], float]] = [time.time, time.monotonic, time.perf_counter, now]
        before = [clock() for clock in clocks]
        await asyncio.sleep(3600.5)
        return [clock() - began for clock, began in zip(clocks, before, strict=True)]

    result = simulate(world, FrozenTime())

    assert result.error is None, result.reason
    assert result.value == pytest.approx([3600.5] * 4)


def test_each_node_reads_its_own_skewed_clock() -> None:
    async def world(simulation: Simulation) -> list[float]:
        async def read() -> float:
            await asyncio.sleep(1)
            return time.time() - START.timestamp()

        nodes = [simulation.node(f"n{skew}", skew_s=skew) for skew in (0.0, -2.5, 120.0)]
        return [await reading for reading in [node.start(read) for node in nodes]]

    assert simulate(world, FrozenTime()).value == pytest.approx([1.0, -1.5, 121.0])


def test_a_jump_moves_wall_time_and_spares_monotonic_time() -> None:
    async def world(simulation: Simulation) -> tuple[float, float]:
        node = simulation.node("jumpy")

        async def read() -> tuple[float, float]:
            wall, monotonic = time.time(), time.monotonic()
            simulation.clock.jump(node, -3600)
            await asyncio.sleep(1)
            return time.time() - wall, time.monotonic() - monotonic

        return await node.start(read)

    assert simulate(world, FrozenTime()).value == pytest.approx((-3599.0, 1.0))


@pytest.fixture
def module() -> Iterator[Callable[[str], ModuleType]]:
    """Makes modules that bind the clock when they are imported."""
    made: list[str] = []

    def make(name: str) -> ModuleType:
        made.append(name)
        new = ModuleType(name)
        exec("from time import time\ndef read(): return time()", new.__dict__)  # noqa: S102
        sys.modules[name] = new
        return new

    yield make
    for name in made:
        del sys.modules[name]


@pytest.mark.parametrize("name", ["gift_cards", "git_sync", "queue_worker", "threading_tools"])
def test_a_module_is_not_spared_because_its_name_begins_like_another(
    module: Callable[[str], ModuleType], name: str
) -> None:
    """freezegun's own list of ignored modules goes by prefix: these would read real time."""
    bound = module(name)

    async def world(_simulation: Simulation) -> float:
        await asyncio.sleep(7)
        return float(bound.read()) - START.timestamp()

    assert simulate(world, FrozenTime()).value == 7.0


def test_real_time_shows_through_between_runs() -> None:
    async def world(_simulation: Simulation) -> float:
        return time.time()

    with FrozenTime() as frozen:
        shown = simulate(world, frozen).value
        between = (time.time(), dt.datetime.now(dt.UTC).timestamp())
        waited = asyncio.run(_real_sleep())

    assert shown == START.timestamp()
    assert between == pytest.approx((_real_time[0](), _real_time[0]()), abs=60)
    assert waited >= 0.009
    assert (time.time, time.monotonic) == _real_time


def test_real_queues_still_time_out_between_runs() -> None:
    with FrozenTime(), pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=0.01)


def test_real_threads_can_still_be_waited_for_between_runs() -> None:
    with FrozenTime():
        assert not threading.Event().wait(timeout=0.01)


async def test_a_manual_clock_moves_by_hand_while_timers_stay_real() -> None:
    loop = asyncio.get_running_loop()

    with ManualWallClock(START) as clock:
        began = loop.time()
        await asyncio.sleep(0.01)
        slept_s = loop.time() - began
        before = time.time()
        clock.advance(20 * 3600)
        moved_s = time.time() - before
        clock.move_to(START)
        shown = dt.datetime.now(dt.UTC)

    assert slept_s >= 0.009
    assert (before, moved_s) == (START.timestamp(), 20 * 3600)
    assert shown == START
    assert (time.time, time.monotonic) == _real_time


def test_a_manual_clock_wants_to_know_the_time_zone() -> None:
    naive = START.replace(tzinfo=None)

    with pytest.raises(ValueError, match="aware of its time zone"):
        ManualWallClock(naive)
    with pytest.raises(ValueError, match="aware of its time zone"):
        ManualWallClock(START).move_to(naive)


async def _real_sleep() -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(0.01)
    return loop.time() - began


def test_two_that_are_entered_at_once_do_not_catch_each_other() -> None:
    async def world(_simulation: Simulation) -> datetime:
        return dt.datetime.now(dt.UTC)

    with FrozenTime() as first, FrozenTime() as second:
        results = [simulate(world, frozen) for frozen in (first, second, first)]
        between = dt.datetime.now(dt.UTC)

    assert [result.value for result in results] == [START] * 3
    assert abs(between.timestamp() - _real_time[0]()) < 60  # between runs the real time shows through
