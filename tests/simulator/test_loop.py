"""The loop: virtual time, first in first out, and choices only where production has them."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from simulator.choices import Choices
from simulator.errors import FenceError
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


def test_an_hour_of_sleep_takes_no_time_and_moves_the_clock_by_exactly_an_hour(loop: SimulationLoop) -> None:
    loop.run_until_complete(asyncio.sleep(3_600.5))

    assert loop.time() == 3_600.5


def test_sums_of_times_do_not_drift(loop: SimulationLoop) -> None:
    async def sleep_often() -> None:
        for _ in range(1_000):
            await asyncio.sleep(0.1)

    loop.run_until_complete(sleep_often())

    assert loop.time() == 100.0


def test_timers_of_the_same_time_fire_in_the_order_they_were_set(loop: SimulationLoop) -> None:
    fired: list[int] = []
    for number in range(8):
        loop.call_at(1.0, fired.append, number)

    loop.run_until_complete(asyncio.sleep(2))

    assert fired == list(range(8))


def test_which_of_equal_timers_is_first_is_a_choice() -> None:
    loop = loop_with([2])
    fired: list[int] = []
    for number in range(3):
        loop.call_at(1.0, fired.append, number)

    loop.run_until_complete(asyncio.sleep(2))
    loop.close()

    assert fired == [2, 0, 1]


def test_a_cancelled_timer_never_fires_however_many_there_are(loop: SimulationLoop) -> None:
    fired: list[int] = []
    timers = [loop.call_later(1 + number, fired.append, number) for number in range(500)]
    for timer in timers[1:]:
        timer.cancel()

    loop.run_until_complete(asyncio.sleep(1_000))

    assert fired == [0]


def test_a_sleep_for_ever_can_be_cancelled(loop: SimulationLoop) -> None:
    async def give_up() -> float:
        try:
            async with asyncio.timeout(5):
                await asyncio.sleep(float("inf"))
        except TimeoutError:
            return asyncio.get_running_loop().time()
        return 0.0

    assert loop.run_until_complete(give_up()) == 5.0


def test_a_blocking_call_for_the_executor_runs_inline_as_an_io(loop: SimulationLoop) -> None:
    async def main() -> int:
        return await asyncio.to_thread(threading.get_ident)

    assert loop.run_until_complete(main()) == threading.get_ident()


def test_a_real_pool_is_refused(loop: SimulationLoop) -> None:
    async def main() -> None:
        with ThreadPoolExecutor() as pool:
            await loop.run_in_executor(pool, int)

    with pytest.raises(FenceError, match="pass None"):
        loop.run_until_complete(main())


def test_a_foreign_thread_is_refused(loop: SimulationLoop) -> None:
    errors: list[BaseException] = []

    def touch() -> None:
        try:
            loop.call_soon_threadsafe(print)
        except FenceError as error:
            errors.append(error)

    thread = threading.Thread(target=touch)
    thread.start()
    thread.join()

    assert "foreign thread" in str(errors[0])


@pytest.mark.parametrize("door", ["create_connection", "create_server", "create_datagram_endpoint", "subprocess_exec"])
def test_every_door_to_the_outside_names_the_way_round(door: str, loop: SimulationLoop) -> None:
    with pytest.raises(FenceError, match="use"):
        loop.run_until_complete(getattr(loop, door)())


def test_a_host_name_is_not_looked_up(loop: SimulationLoop) -> None:
    with pytest.raises(FenceError, match=r"api\.cal\.com"):
        loop.run_until_complete(loop.getaddrinfo("api.cal.com", 443))


def test_names_of_tasks_depend_on_the_run_alone() -> None:
    def names() -> list[str]:
        loop = loop_with()

        async def main() -> list[str]:
            tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
            made_past_the_loop = asyncio.Task(asyncio.sleep(0), loop=loop)
            await asyncio.gather(*tasks, made_past_the_loop)
            return [task.get_name() for task in (*tasks, made_past_the_loop)]

        found = loop.run_until_complete(main())
        loop.close()
        return list(found)

    assert names() == names() == ["main#2", "main#3", "main#4"]


def test_a_task_group_cancels_in_the_order_of_creation() -> None:
    def order(ballast: int) -> list[int]:
        kept = [object() for _ in range(ballast)]
        loop = loop_with()
        cancelled: list[int] = []

        async def sleep(number: int) -> None:
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                cancelled.append(number)
                raise

        async def main() -> None:
            async with asyncio.timeout(1), asyncio.TaskGroup() as group:
                for number in range(8):
                    group.create_task(sleep(number))

        with pytest.raises(TimeoutError):
            loop.run_until_complete(main())
        loop.close()
        del kept
        return cancelled

    assert order(0) == order(12_345)
