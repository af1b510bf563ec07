"""Named endpoints that exchange messages, with partitions, rules, and latency as a choice.

Messages of one direction between two endpoints stay in order, as on one connection. For HTTP between
real aiohttp clients and servers see `simulator.adapters.aiohttp_memory`, whose rules know HTTP.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from typing import TYPE_CHECKING

from simulator.node import current_node
from simulator.rules import Delay, Drop, Duplicate, Fate, Message, Pass, Reset, Rule, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.node import Node
    from simulator.simulation import Simulation

    Receive = Callable[[Message], None]


class Network:
    """Carries messages. `rules` are asked for every message, before partitions are."""

    def __init__(self, simulation: Simulation) -> None:
        self._loop = simulation.loop
        self._trace = simulation.trace
        self._endpoints: dict[str, tuple[Receive, Node | None]] = {}
        self._wires: dict[tuple[str, str], deque[Message]] = {}
        self._partitions: set[frozenset[str]] = set()
        self._context = contextvars.copy_context()  # a message on its way outlives the node that sent it
        self.rules: list[Rule] = []

    def listen(self, name: str, receive: Receive) -> None:
        """Messages to `name` go to `receive`, as code of the node that is running now."""
        self._endpoints[name] = (receive, current_node())

    def send(self, source: str, target: str, label: str, payload: object = None) -> None:
        """Send a message. Raises ConnectionResetError when it is reset, and nothing when it is lost."""
        message = Message(source, target, label, payload)
        fate = self.judge(message)
        self._trace.add("net", f"{source}->{target} {label}: {fate}")
        match fate:
            case Pass():
                self._put(message)
            case Delay(seconds):
                self._loop.call_later(seconds, self._put, message, context=self._context)
            case Duplicate(seconds):
                self._put(message)
                self._loop.call_later(seconds, self._put, message, context=self._context)
            case Drop():
                pass
            case Reset():
                msg = f"{source}->{target} {label}: connection reset"
                raise ConnectionResetError(msg)

    def judge(self, message: Message) -> Fate:
        """What becomes of a message: a partition loses it, whatever the rules say."""
        fate = judge(self.rules, message)
        return Drop() if self.is_partitioned(message.source, message.target) else fate

    def partition(self, one: str, other: str) -> None:
        """Cut the line between two endpoints, both ways. What is under way arrives."""
        self._partitions.add(frozenset((one, other)))
        self._trace.add("net", f"partition {one} | {other}")

    def repair(self, one: str, other: str) -> None:
        """Mend the line. What was lost stays lost."""
        self._partitions.discard(frozenset((one, other)))
        self._trace.add("net", f"repair {one} | {other}")

    def is_partitioned(self, one: str, other: str) -> bool:
        """Whether the line between the two is cut."""
        return frozenset((one, other)) in self._partitions

    def _put(self, message: Message) -> None:
        """Queue the message on its wire; one delivery of a wire is pending at a time."""
        wire = self._wires.setdefault((message.source, message.target), deque())
        wire.append(message)
        if len(wire) == 1:
            self._carry(wire)

    def _carry(self, wire: deque[Message]) -> None:
        message = wire[0]
        label = f"net:{message.source}->{message.target}:{message.label}"
        arrives = self._loop.io_point(label, survives_crash=True)
        arrives.add_done_callback(lambda _: self._arrive(wire), context=self._context)

    def _arrive(self, wire: deque[Message]) -> None:
        message = wire.popleft()
        if wire:
            self._carry(wire)
        receive, node = self._endpoints.get(message.target, (None, None))
        if receive is None or (node is not None and not node.alive):
            self._trace.add("net", f"{message.target} is not there for {message.label}")
        elif node is None:
            receive(message)
        else:
            node.run(lambda: receive(message))


class Mailbox:
    """An endpoint as a queue: `await mailbox.get()` takes the next message."""

    def __init__(self, network: Network, name: str) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        network.listen(name, self._messages.put_nowait)

    async def get(self) -> Message:
        """The next message, in the order of arrival."""
        return await self._messages.get()
