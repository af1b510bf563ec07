"""Virtual time, and the wall clocks that nodes read from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.node import current_node

if TYPE_CHECKING:
    from simulator.node import Node


class VirtualTime:
    """Nanoseconds since the run began. An integer: sums of floats drift. Only the loop moves it."""

    __slots__ = ("ns",)

    def __init__(self) -> None:
        self.ns = 0

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.ns / 1e9


class WallClock:
    """What the nodes' clocks show: the base, plus virtual time, plus each node's own error.

    Wall clocks may be wrong and may jump; virtual time (`loop.time()`) never does.
    """

    def __init__(self, base: datetime, time: VirtualTime) -> None:
        if base.tzinfo is None:
            msg = f"WallClock: base must be aware of its time zone, not {base!r}"
            raise ValueError(msg)
        self.base = base.astimezone(UTC)
        self._time = time

    def now(self, node: Node | None = None) -> datetime:
        """The time `node` (default: the one whose code is running) believes it is, in UTC."""
        whose = node or current_node()
        skew = timedelta(0) if whose is None else timedelta(seconds=whose.skew_s)
        return self.base + timedelta(microseconds=self._time.ns // 1_000) + skew

    def jump(self, node: Node, seconds: float) -> None:
        """Set the node's clock forward (or back), as an NTP step or a careless operator would."""
        node.skew_s += seconds
        node.note(f"clock jumps by {seconds:+g} s")
