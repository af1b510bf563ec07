"""Safety first, then heal, then liveness: nothing wrong may happen under faults, and all must end after them.

A run that stays stuck is a finding only when it could have recovered. Whether it could is asked of an
oracle that sees what survived (TigerBeetle asks the same of its replicas).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.nemesis import Nemesis
    from simulator.simulation import Simulation


class Liveness(StrEnum):
    """How the liveness phase ended."""

    RECOVERED = "recovered"
    STUCK = "stuck"
    UNRECOVERABLE = "unrecoverable"


@dataclass(frozen=True, slots=True)
class Phases:
    """What a run goes through.

    `work` is the workload under faults. `is_settled` says whether everything is resolved.
    `is_recoverable` is the oracle: whether what survived the faults suffices. `settle_s` is how many
    virtual seconds recovery may take, `look_every_s` how often `is_settled` is asked.
    """

    work: Callable[[], Awaitable[object]]
    is_settled: Callable[[], Awaitable[bool]]
    is_recoverable: Callable[[], bool] = lambda: True
    settle_s: float = 600.0
    look_every_s: float = 1.0


async def run_phases(simulation: Simulation, nemesis: Nemesis, phases: Phases) -> Liveness:
    """Run the three phases. Raises AssertionError when the run is stuck although it could have recovered."""
    nemesis.start()
    await phases.work()
    nemesis.heal()
    deadline = simulation.loop.time() + phases.settle_s
    while not await phases.is_settled():
        if simulation.loop.time() >= deadline:
            return _stuck(simulation, phases)
        await asyncio.sleep(phases.look_every_s)
    simulation.trace.add("phase", Liveness.RECOVERED)
    return Liveness.RECOVERED


def _stuck(simulation: Simulation, phases: Phases) -> Liveness:
    if not phases.is_recoverable():
        simulation.trace.add("phase", Liveness.UNRECOVERABLE)
        return Liveness.UNRECOVERABLE
    simulation.trace.add("phase", Liveness.STUCK)
    msg = f"not settled {phases.settle_s:g} virtual seconds after the last fault was healed"
    raise AssertionError(msg)
