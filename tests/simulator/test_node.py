"""Nodes: a crash is a power cut, a restart a new life, and clocks may be wrong."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from simulator.errors import NodeCrashedError
from simulator.limits import Limits
from simulator.node import current_node
from simulator.schedulers import Plain
from simulator.simulation import DEFAULT_START, Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def value_of(world: Callable[[Simulation], Awaitable[Any]]) -> Any:
    result = Simulation(world, scheduler=Plain(), limits=Limits(choice_points_min=0)).run()
    assert result.error is None, result.reason
    return result.value


def test_code_knows_the_node_it_runs_on() -> None:
    async def world(simulation: Simulation) -> tuple[str, Any]:
        async def name() -> str:
            await asyncio.create_task(asyncio.sleep(1))
            node = current_node()
            return "" if node is None else node.name

        return await simulation.node("gateway").start(name), current_node()

    assert value_of(world) == ("gateway", None)


def test_a_crash_runs_no_finally_and_no_timer_of_the_node() -> None:
    async def world(simulation: Simulation) -> list[str]:
        done: list[str] = []

        async def main() -> None:
            simulation.loop.call_later(1, done.append, "timer")
            try:
                await asyncio.sleep(2)
            finally:
                done.append("finally")

        node = simulation.node("gateway")
        node.start(main)
        await asyncio.sleep(0.5)
        node.crash()
        await asyncio.sleep(10)
        return list(done)

    assert value_of(world) == []


def test_pending_io_of_a_crashed_node_never_completes_but_what_is_on_the_wire_does() -> None:
    async def world(simulation: Simulation) -> list[str]:
        done: list[str] = []

        async def main() -> None:
            loop = simulation.loop
            loop.io_point("statement").add_done_callback(lambda _: done.append("statement"))
            on_the_wire = loop.io_point("message", survives_crash=True)
            simulation.node("peer").run(lambda: on_the_wire.add_done_callback(lambda _: done.append("message")))
            node.crash()
            await asyncio.sleep(1)

        node = simulation.node("gateway")
        node.start(main)
        await asyncio.sleep(5)
        return done

    assert value_of(world) == ["message"]


def test_whoever_waits_for_a_crashed_node_is_told() -> None:
    async def world(simulation: Simulation) -> str:
        node = simulation.node("gateway")
        answer = node.start(asyncio.Event().wait)
        await asyncio.sleep(1)
        node.crash()
        try:
            await answer
        except NodeCrashedError as error:
            return str(error)
        return ""

    assert value_of(world) == "node gateway crashed"


def test_a_restart_is_a_new_life_with_the_same_main() -> None:
    async def world(simulation: Simulation) -> list[float]:
        started: list[float] = []

        async def main() -> None:
            started.append(simulation.loop.time())
            await asyncio.sleep(100)

        node = simulation.node("gateway")
        node.start(main)
        await asyncio.sleep(3)
        node.crash()
        await asyncio.sleep(4)
        node.restart()
        await asyncio.sleep(1)
        return started

    assert value_of(world) == [0.0, 7.0]


def test_a_crash_does_what_the_operating_system_does_last_registered_first() -> None:
    async def world(simulation: Simulation) -> list[str]:
        closed: list[str] = []
        node = simulation.node("gateway")
        node.on_crash(lambda: closed.append("file"))
        node.on_crash(lambda: closed.append("connection"))
        node.crash()
        return closed

    assert value_of(world) == ["connection", "file"]


def test_a_crashed_node_runs_nothing_until_it_is_restarted() -> None:
    async def world(simulation: Simulation) -> None:
        node = simulation.node("gateway")
        node.crash()
        node.spawn(asyncio.Event().wait)

    result = Simulation(world, scheduler=Plain()).run()

    assert isinstance(result.error, NodeCrashedError)
    assert "restart() it first" in str(result.error)


def test_a_restart_without_a_main_is_refused() -> None:
    async def world(simulation: Simulation) -> None:
        simulation.node("gateway").restart()

    result = Simulation(world, scheduler=Plain()).run()

    assert "start() was never called" in result.reason


def test_two_nodes_of_one_name_are_refused() -> None:
    async def world(simulation: Simulation) -> None:
        simulation.node("gateway")
        simulation.node("gateway")

    assert "exists already" in Simulation(world, scheduler=Plain()).run().reason


def test_an_error_of_a_main_that_nobody_awaits_fails_the_run() -> None:
    async def world(simulation: Simulation) -> None:
        async def broken() -> None:
            raise OSError("disk full")

        simulation.node("gateway").start(broken)
        await asyncio.sleep(1)

    assert "disk full" in Simulation(world, scheduler=Plain()).run().reason


@pytest.mark.parametrize("skew_s", [0.0, -2.5, 120.0])
def test_each_node_reads_its_own_wall_clock(skew_s: float) -> None:
    async def world(simulation: Simulation) -> timedelta:
        async def now() -> timedelta:
            await asyncio.sleep(60)
            return simulation.clock.now() - DEFAULT_START

        return await simulation.node("gateway", skew_s).start(now)

    assert value_of(world) == timedelta(seconds=60 + skew_s)


def test_a_wall_clock_jumps_while_virtual_time_goes_on() -> None:
    async def world(simulation: Simulation) -> tuple[timedelta, float]:
        node = simulation.node("gateway")
        before = simulation.clock.now(node)
        simulation.clock.jump(node, -3_600)
        return simulation.clock.now(node) - before, simulation.loop.time()

    assert value_of(world) == (timedelta(hours=-1), 0.0)


def test_a_naive_start_is_refused() -> None:
    async def world(_: Simulation) -> None: ...

    with pytest.raises(ValueError, match="time zone"):
        Simulation(world, scheduler=Plain(), start=DEFAULT_START.replace(tzinfo=None))


def test_what_code_notes_in_the_trace_carries_its_node() -> None:
    async def world(simulation: Simulation) -> None:
        simulation.trace.add("app", "outside")
        simulation.node("gateway").run(lambda: simulation.trace.add("app", "inside"))

    result = Simulation(world, scheduler=Plain()).run()

    assert [(event.text, event.node) for event in result.events if event.kind == "app"] == [
        ("outside", ""),
        ("inside", "gateway"),
    ]


def test_a_deadlock_report_leaves_out_what_a_crash_froze() -> None:
    async def world(simulation: Simulation) -> None:
        node = simulation.node("gateway")
        node.start(asyncio.Event().wait)
        await asyncio.sleep(1)
        node.crash()
        await asyncio.Event().wait()

    reason = Simulation(world, scheduler=Plain()).run().reason

    assert "main#1 waits" in reason
    assert "gateway#1" not in reason
