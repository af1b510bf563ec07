"""The nemesis strikes where the choices say, heals, and liveness is judged only where it was possible."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.checker import Verdict
from simulator.explore import Proved, explore_all
from simulator.limits import Limits
from simulator.nemesis import ClockJump, Crash, Nemesis, Partition
from simulator.network import Network
from simulator.phases import Liveness, Phases, run_phases
from simulator.schedulers import FromList, Plain, Swarm, Uniform
from simulator.simulation import RunResult, Simulation
from tests.simulator.worlds import runs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.schedulers.protocol import Scheduler


def run(world: Callable[[Simulation], Awaitable[Any]], scheduler: Scheduler | None = None) -> RunResult:
    return Simulation(world, scheduler=scheduler or Plain(), limits=Limits(choice_points_min=0)).run()


def test_a_crash_is_reachable_at_every_await_that_waits() -> None:
    done_at_crash: set[int] = set()

    async def world(simulation: Simulation) -> None:
        done: list[int] = []

        async def main() -> None:
            for number in range(5):
                await simulation.loop.io_point(f"write {number}")
                done.append(number)

        node = simulation.node("gateway")
        nemesis = Nemesis(simulation, Crash(node, restart_after_s=None), strikes_max=1)
        nemesis.start()
        node.start(main)
        await asyncio.sleep(10)
        if nemesis.struck:
            done_at_crash.add(len(done))

    assert isinstance(explore_all(runs(world)), Proved)
    assert done_at_crash == {0, 1, 2, 3, 4}


def test_a_crashed_node_restarts_by_itself_after_its_time() -> None:
    async def world(simulation: Simulation) -> list[float]:
        started: list[float] = []

        async def main() -> None:
            started.append(round(simulation.loop.time(), 1))
            await simulation.loop.io_point("write")
            await asyncio.sleep(100)

        node = simulation.node("gateway")
        Nemesis(simulation, Crash(node, restart_after_s=2), strikes_max=1).start()
        node.start(main)
        await asyncio.sleep(10)
        return started

    assert run(world, FromList([1])).value == [0.0, 2.0]
    assert run(world).value == [0.0]


def test_strikes_are_limited_and_counted() -> None:
    async def world(simulation: Simulation) -> list[str]:
        async def main() -> None:
            for _ in range(10):
                await simulation.loop.io_point("write")

        node = simulation.node("gateway")
        nemesis = Nemesis(simulation, Crash(node, restart_after_s=0.5), strikes_max=2, odds=1.0)
        nemesis.start()
        node.start(main)
        await asyncio.sleep(10)
        return nemesis.struck

    assert run(world, Uniform(1)).value == ["crash-gateway"] * 2


def test_healing_repairs_partitions_clocks_and_nodes() -> None:
    async def world(simulation: Simulation) -> tuple[bool, bool, timedelta]:
        network = Network(simulation)
        node, other = simulation.node("gateway"), simulation.node("other")
        faults = (
            Partition(simulation, network, "a", "b", for_s=1e6),
            ClockJump(simulation, other, 120),
            Crash(node, restart_after_s=None),
        )
        nemesis = Nemesis(simulation, *faults)
        node.start(asyncio.Event().wait)
        for fault in faults:
            fault.strike()
        broken = network.is_partitioned("a", "b") and not node.alive
        nemesis.heal()
        skew = simulation.clock.now(other) - simulation.clock.now()
        return broken, node.alive and not network.is_partitioned("a", "b"), skew

    assert run(world).value == (True, True, timedelta(0))


def test_a_partition_and_a_clock_jump_are_drawn_by_a_swarm() -> None:
    async def world(simulation: Simulation) -> list[str]:
        network = Network(simulation)
        network.listen("cal.com", lambda _: None)
        node = simulation.node("gateway")

        async def main() -> None:
            for number in range(20):
                await simulation.loop.io_point("write")
                network.send("gateway", "cal.com", str(number))
                await asyncio.sleep(1)

        nemesis = Nemesis(
            simulation,
            Partition(simulation, network, "gateway", "cal.com", for_s=3),
            ClockJump(simulation, node, -120),
        )
        nemesis.start()
        await node.start(main)
        return nemesis.struck

    struck = {name for seed in range(40) for name in run(world, Swarm(seed, Uniform(seed))).value}

    assert struck == {"partition-gateway-cal.com", "clock-gateway"}


def phases_world(*, recovers: bool, recoverable: bool) -> Callable[[Simulation], Awaitable[Liveness]]:
    async def world(simulation: Simulation) -> Liveness:
        async def settled() -> bool:
            return recovers and simulation.loop.time() > 20

        phases = Phases(
            work=lambda: asyncio.sleep(10), is_settled=settled, is_recoverable=lambda: recoverable, settle_s=60
        )
        return await run_phases(simulation, Nemesis(simulation), phases)

    return world


def test_a_run_that_settles_after_the_healing_has_recovered() -> None:
    assert run(phases_world(recovers=True, recoverable=True)).value is Liveness.RECOVERED


def test_a_run_that_could_have_recovered_and_did_not_is_a_finding() -> None:
    result = run(phases_world(recovers=False, recoverable=True))

    assert result.verdict is Verdict.INVALID
    assert "60 virtual seconds after the last fault" in result.reason


def test_a_run_that_could_not_recover_cries_no_wolf() -> None:
    result = run(phases_world(recovers=False, recoverable=False))

    assert result.verdict is Verdict.VALID
    assert result.value is Liveness.UNRECOVERABLE
