"""The end of a run: what nobody awaited is told, what still runs is cut off, and the verdict stays true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from simulator.checker import Verdict
from simulator.errors import BackgroundError
from simulator.limits import Limits
from simulator.schedulers import Plain
from simulator.simulation import RunResult, Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def plain(world: Callable[[Simulation], Awaitable[Any]], limits: Limits | None = None) -> RunResult:
    return Simulation(world, scheduler=Plain(), limits=limits).run()


def test_an_error_in_a_task_nobody_awaits_fails_the_run() -> None:
    async def world(simulation: Simulation) -> None:
        async def lost() -> None:
            raise ValueError("swallowed")

        kept = asyncio.create_task(lost())
        await simulation.loop.io_point("one")
        del kept

    result = plain(world, Limits(choice_points_min=0))

    assert isinstance(result.error, BackgroundError)
    assert "swallowed" in result.reason


def test_complaints_about_what_the_end_cut_off_change_nothing() -> None:
    class Connection:
        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            self._loop = loop

        def __del__(self) -> None:
            self._loop.call_exception_handler({"message": "Unclosed connection"})

    async def world(simulation: Simulation) -> None:
        async def hold() -> None:
            connection = Connection(simulation.loop)
            await asyncio.sleep(100)
            del connection

        node = simulation.node("gateway")
        node.start(hold)
        await asyncio.sleep(1)
        node.crash()

    assert plain(world, Limits(choice_points_min=0)).verdict is Verdict.VALID


def test_what_still_runs_at_the_end_is_cancelled_and_changes_nothing() -> None:
    cancelled: list[str] = []

    async def world(_: Simulation) -> None:
        async def server() -> None:
            try:
                await asyncio.sleep(1e9)
            except asyncio.CancelledError:
                cancelled.append("server")
                raise

        simulation_outlives = asyncio.create_task(server())
        await asyncio.sleep(1)
        assert not simulation_outlives.done()

    result = plain(world, Limits(choice_points_min=0))

    assert result.verdict is Verdict.VALID
    assert result.virtual_s == 1.0
    assert cancelled == ["server"]


def test_a_task_that_refuses_to_end_is_abandoned() -> None:
    async def world(_: Simulation) -> None:
        async def stubborn() -> None:
            while True:
                try:
                    await asyncio.sleep(1)
                except asyncio.CancelledError:
                    continue

        simulation_outlives = asyncio.create_task(stubborn())
        await asyncio.sleep(0.5)
        assert not simulation_outlives.done()

    assert plain(world, Limits(choice_points_min=0, cleanup_steps_max=100)).verdict is Verdict.VALID
