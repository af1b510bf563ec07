"""Who breaks things, what is broken, and how it is healed.

A nemesis looks at every I/O that is about to complete and may strike just before it. So a crash is
possible at every await that really waits, which is everywhere that a crash can matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from simulator.node import Node
    from simulator.pending import IoPoint
    from simulator.simulation import Simulation


class Fault(Protocol):
    """Something that can be broken, and healed."""

    @property
    def name(self) -> str:
        """One word for the fault: odds are drawn for it, and reports count it."""
        ...

    def can_strike(self, point: IoPoint) -> bool:
        """Whether it makes sense to break it just before this I/O completes."""
        ...

    def strike(self) -> None:
        """Break it."""
        ...

    def heal(self) -> None:
        """Mend it; harmless when it is whole."""
        ...


class Crash:
    """A node crashes just before one of its I/Os completes, and restarts some time later."""

    def __init__(self, node: Node, *, restart_after_s: float | None = 1.0) -> None:
        self.name = f"crash-{node.name}"
        self._node = node
        self._restart_after_s = restart_after_s

    def can_strike(self, point: IoPoint) -> bool:
        """At the I/O of a living node."""
        return self._node.alive and point.incarnation is not None and point.incarnation.node is self._node

    def strike(self) -> None:
        """Crash the node, and set the alarm for its restart."""
        self._node.crash()
        if self._restart_after_s is not None:
            self._node.loop.call_later(self._restart_after_s, self.heal)

    def heal(self) -> None:
        """Restart the node if it is down."""
        if not self._node.alive:
            self._node.restart()


class Line(Protocol):
    """A network whose lines can be cut: `simulator.network.Network` and the adapters' `MemoryNetwork` are such."""

    def partition(self, one: str, other: str) -> None:
        """Cut the line between two endpoints."""

    def repair(self, one: str, other: str) -> None:
        """Mend it."""

    def is_partitioned(self, one: str, other: str) -> bool:
        """Whether it is cut."""
        ...


class Partition:
    """The line between two endpoints is cut for some time."""

    def __init__(self, simulation: Simulation, network: Line, one: str, other: str, *, for_s: float) -> None:
        self.name = f"partition-{one}-{other}"
        self._loop = simulation.loop
        self._network = network
        self._ends = (one, other)
        self._for_s = for_s

    def can_strike(self, point: IoPoint) -> bool:
        """Whenever the line is whole and something moves on the network."""
        return point.label.startswith("net:") and not self._network.is_partitioned(*self._ends)

    def strike(self) -> None:
        """Cut the line."""
        self._network.partition(*self._ends)
        self._loop.call_later(self._for_s, self.heal)

    def heal(self) -> None:
        """Mend the line."""
        if self._network.is_partitioned(*self._ends):
            self._network.repair(*self._ends)


class ClockJump:
    """A node's wall clock jumps, once; healing sets it right."""

    def __init__(self, simulation: Simulation, node: Node, seconds: float) -> None:
        self.name = f"clock-{node.name}"
        self._clock = simulation.clock
        self._node = node
        self._seconds = seconds
        self._jumped = False

    def can_strike(self, point: IoPoint) -> bool:
        """Once, at an I/O of the node."""
        return not self._jumped and point.incarnation is not None and point.incarnation.node is self._node

    def strike(self) -> None:
        """Jump."""
        self._jumped = True
        self._clock.jump(self._node, self._seconds)

    def heal(self) -> None:
        """Jump back."""
        if self._jumped:
            self._jumped = False
            self._clock.jump(self._node, -self._seconds)


class Nemesis:
    """Strikes with each fault at most `strikes_max` times in all, at the places the choices say."""

    def __init__(self, simulation: Simulation, *faults: Fault, strikes_max: int = 3, odds: float = 0.05) -> None:
        self._simulation = simulation
        self._faults = faults
        self._strikes_left = strikes_max
        self._odds = odds
        self.struck: list[str] = []
        """The faults that happened, in order."""

    def start(self) -> None:
        """From now on, anything may break."""
        self._simulation.loop.before_step.append(self._look)

    def heal(self) -> None:
        """Stop breaking things and mend what is broken: the liveness phase begins."""
        steps = self._simulation.loop.before_step
        if self._look in steps:
            steps.remove(self._look)
        for fault in self._faults:
            fault.heal()
        self._simulation.trace.add("nemesis", "heals")

    def _look(self, point: IoPoint) -> None:
        for fault in self._faults:
            if not self._strikes_left:
                return
            if fault.can_strike(point) and self._simulation.choices.chance(
                f"{fault.name} before {point.option}", self._odds, "faults"
            ):
                self._strikes_left -= 1
                self.struck.append(fault.name)
                self._simulation.trace.add("nemesis", fault.name)
                fault.strike()
