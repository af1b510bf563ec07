"""Small worlds that the engine's tests run: two callers and one slot, with the race that matters."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from simulator.footprint import Footprint
from simulator.simulation import RunResult, Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.schedulers.protocol import Scheduler

READ = Footprint(reads=frozenset({"booking"}))
UNSEEN = Footprint()
COMMIT = Footprint(reads=frozenset({"booking"}), writes=frozenset({"booking"}))


def check_then_insert(*, unique: bool, callers: int = 2) -> Callable[[Simulation], Awaitable[Any]]:
    """SELECT, INSERT, COMMIT by each caller; with a unique key the second COMMIT finds the slot held."""

    async def world(simulation: Simulation) -> list[int]:
        booked: list[int] = []

        async def book(caller: int) -> None:
            await simulation.loop.io_point("SELECT", footprint=READ)
            free = not booked
            await simulation.loop.io_point("INSERT", footprint=UNSEEN)
            await simulation.loop.io_point("COMMIT", footprint=COMMIT)
            if free and not (unique and booked):
                booked.append(caller)

        await asyncio.gather(*(book(caller) for caller in range(callers)))
        assert len(booked) == 1, f"{len(booked)} appointments in one slot"
        return booked

    return world


def runs(world: Callable[[Simulation], Awaitable[Any]]) -> Callable[[Scheduler, int], RunResult]:
    """`run(scheduler, seed)` of a world, as the explorer wants it."""

    def run(scheduler: Scheduler, seed: int) -> RunResult:
        return Simulation(world, scheduler=scheduler, seed=seed).run()

    return run


def racy(scheduler: Scheduler, seed: int) -> RunResult:
    """Without a unique key; importable, for tests of bundles."""
    return runs(check_then_insert(unique=False))(scheduler, seed)
