"""What is played in a storm's world: the conditions it opens under, and what happens until everything is healed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scenarios.storm.callers import Callers
from scenarios.storm.faults import CrashBefore, http_rules
from scenarios.storm.nodes import Gateway
from scenarios.storm.plan import Plan, draw_plan
from simulator.adapters.aiohttp_memory import MemoryNetwork
from simulator.adapters.http_faults import HttpRule
from simulator.choices import Choices
from simulator.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the world opens. Skews are seconds by which a clock is ahead of the true time."""

    calcom_skew_s: float = 0.0
    gateway_skews_s: tuple[float, float] = (0.0, 0.0)
    rules: Sequence[HttpRule] = ()
    repairs_meanwhile: bool = False  # whether reconciliation runs during the storm too


@dataclass(frozen=True, slots=True)
class Scene:
    """What a script can act on."""

    simulation: Simulation
    network: MemoryNetwork
    gateways: Sequence[Gateway]
    callers: Callers


class Script(Protocol):
    """One run's doings. What it breaks it heals, except for messages that go astray: those the world stops."""

    def conditions(self, choices: Choices) -> Conditions:
        """The conditions, asked for once and before the play."""

    async def play(self, scene: Scene) -> None:
        """Everything until the faults are over."""


class DrawnScript:
    """Everything is drawn from the run's choices: the storm of a seed. `calm`: only orders vary."""

    def __init__(self, callers: int, *, calm: bool) -> None:
        self._callers = callers
        self._calm = calm
        self._plan: Plan | None = None

    def conditions(self, choices: Choices) -> Conditions:
        """Draw the plan."""
        self._plan = plan = draw_plan(choices, self._callers, calm=self._calm)
        rules = () if self._calm else http_rules()
        return Conditions(plan.calcom_skew_s, plan.gateway_skews_s, rules, plan.repairs_meanwhile)

    async def play(self, scene: Scene) -> None:
        """All errands at once, gateways crashing meanwhile."""
        assert self._plan is not None, "conditions come first"
        ios = zip(scene.gateways, self._plan.crashes, strict=True)
        crashes = [CrashBefore(scene.simulation, gateway.node, io_number) for gateway, io_number in ios]
        for crash in crashes:
            crash.start()
        await scene.callers.run(self._plan.errands)
        for crash in crashes:
            crash.heal()
