"""Worlds with one planted leak each, that no fence can see, and an honest one."""

from __future__ import annotations

import asyncio
import random
import secrets
import uuid
from time import perf_counter as alias_of_the_real_clock
from typing import TYPE_CHECKING, Any

from simulator.limits import Limits
from simulator.schedulers import Swarm, Uniform
from simulator.simulation import RunResult, Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def honest(seed: int) -> RunResult:
    """Everything that a world may use: entropy, jitter, sets of tasks, crashes, faults."""

    async def world(simulation: Simulation) -> None:
        async def work(name: str) -> str:
            await asyncio.sleep(random.random())
            await simulation.loop.io_point(f"write {uuid.uuid4()} {secrets.token_hex(2)}")
            if simulation.choices.chance("drop", 0.2, "faults"):
                await asyncio.sleep(5)
            simulation.trace.add("app", f"{name} {random.Random().random()}")
            return name

        pending: set[asyncio.Future[str]] = {
            simulation.node(f"node{number}").start(lambda number=number: work(f"w{number}"))  # type: ignore[misc]
            for number in range(4)
        }
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                simulation.trace.add("app", each.result())
        for finished in asyncio.as_completed([work(f"c{number}") for number in range(5)]):
            simulation.trace.add("app", await finished)
        try:
            async with asyncio.timeout(1), asyncio.TaskGroup() as group:
                for number in range(8):
                    group.create_task(note_cancelled(simulation, number))
        except TimeoutError:
            simulation.trace.add("app", "timed out")

    return Simulation(world, scheduler=Swarm(seed, Uniform(seed)), seed=seed).run()


async def note_cancelled(simulation: Simulation, number: int) -> None:
    try:
        await asyncio.sleep(100)
    finally:
        simulation.trace.add("app", f"cancelled {number}")


def order_of_a_set_of_strings(seed: int) -> RunResult:
    return _leaking(seed, lambda: list({"vip", "new", "eu", "card", "mobile", "web"}))


class Entity:
    """Hashes by address, as every object does."""

    def __init__(self, number: int) -> None:
        self.number = number


def order_of_a_set_of_objects(seed: int) -> RunResult:
    return _leaking(seed, lambda: [entity.number for entity in {Entity(number) for number in range(20)}])


def real_clock_by_an_early_alias(seed: int) -> RunResult:
    return _leaking(seed, alias_of_the_real_clock)


_runs_of_this_process: list[int] = []


def state_kept_between_runs(seed: int) -> RunResult:
    _runs_of_this_process.append(seed)
    return _leaking(seed, lambda: len(_runs_of_this_process))


def _leaking(seed: int, leak: Callable[[], Any]) -> RunResult:
    async def world(simulation: Simulation) -> None:
        simulation.trace.add("app", str(leak()))

    return _run(world, seed)


def _run(world: Callable[[Simulation], Awaitable[None]], seed: int) -> RunResult:
    limits = Limits(choice_points_min=0)
    return Simulation(world, scheduler=Uniform(seed), seed=seed, limits=limits).run()
