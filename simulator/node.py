"""Simulated processes: each runs its tasks in its own context, and can crash and restart.

A crash is a freeze: no task of the node takes another step, so no `finally` and no `except` runs,
exactly as after a power cut. What the operating system would do for a dead process (close its
files, reset its connections) is done by the callbacks registered with `on_crash`.
"""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.errors import NodeCrashedError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from simulator.loop import SimulationLoop

    Main = Callable[[], Coroutine[Any, Any, Any]]

T = TypeVar("T")


class Incarnation:
    """One life of a node, from start to crash."""

    __slots__ = ("alive", "node", "number")

    def __init__(self, node: Node, number: int) -> None:
        self.node = node
        self.number = number
        self.alive = True


INCARNATION: contextvars.ContextVar[Incarnation | None] = contextvars.ContextVar("incarnation", default=None)
"""Whose code is running. Tasks inherit it; None outside all nodes."""


def current_node() -> Node | None:
    """The node whose code is running, or None outside all nodes."""
    incarnation = INCARNATION.get()
    return None if incarnation is None else incarnation.node


class Node:
    """A simulated process with a name and a clock error of `skew_s` seconds."""

    def __init__(self, name: str, loop: SimulationLoop, skew_s: float = 0.0) -> None:
        self.name = name
        self.skew_s = skew_s
        self.loop = loop
        self._main: Main | None = None
        self._waiting: dict[asyncio.Future[Any], None] = {}
        self._closers: list[Callable[[], None]] = []
        self._base = contextvars.copy_context()
        self._incarnation = Incarnation(self, 1)
        self._context = self._fresh_context()

    @property
    def alive(self) -> bool:
        """Whether the node runs."""
        return self._incarnation.alive

    def start(self, main: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Future[T]:
        """Run `main` on the node, now and after every restart; await the result for its end."""
        self._main = main
        return self.spawn(main)

    def spawn(self, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Future[T]:
        """Run `work` on the node once. The future fails with NodeCrashedError when the node crashes."""
        self._assert_alive(f"run {getattr(work, '__qualname__', 'work')} on")
        task = self._context.run(lambda: self.loop.create_task(work()))
        result = self.loop.create_future()
        result.label = f"{task.get_name()} on node {self.name}"
        self._waiting[result] = None
        task.add_done_callback(lambda done: self._pass_on(done, result))
        return result

    def run(self, function: Callable[[], T]) -> T:
        """Call a plain function as code of this node."""
        self._assert_alive("call a function on")
        return self._context.copy().run(function)

    def on_crash(self, close: Callable[[], None]) -> None:
        """Do what the operating system does for a dead process. Called once, last registered first."""
        self._closers.append(close)

    def crash(self) -> None:
        """Stop the node dead. Its timers, callbacks and pending I/O never happen."""
        self._assert_alive("crash")
        self.note("crashes")
        self._incarnation.alive = False
        self.loop.note_crash()
        while self._closers:
            self._closers.pop()()
        waiting, self._waiting = self._waiting, {}
        for future in waiting:
            if not future.done():
                future.set_exception(NodeCrashedError(f"node {self.name} crashed"))
                future.exception()  # whoever does not ask is not surprised either

    def restart(self) -> asyncio.Future[Any]:
        """Start the node's main again in a new life with empty memory (its context is fresh)."""
        if self.alive:
            self.crash()
        if self._main is None:
            msg = f"node {self.name}: restart needs a main, and start() was never called"
            raise RuntimeError(msg)
        self._incarnation = Incarnation(self, self._incarnation.number + 1)
        self._context = self._fresh_context()
        self.note("restarts")
        return self.spawn(self._main)

    def note(self, text: str) -> None:
        """Put something that happened to the node into the trace."""
        self.loop.trace.add("node", f"{self.name} {text}")

    def _fresh_context(self) -> contextvars.Context:
        context = self._base.copy()
        context.run(INCARNATION.set, self._incarnation)
        return context

    def _pass_on(self, done: asyncio.Task[T], result: asyncio.Future[T]) -> None:
        self._waiting.pop(result, None)
        if result.done():
            return
        if done.cancelled():
            result.cancel()
        elif (error := done.exception()) is not None:
            result.set_exception(error)
        else:
            result.set_result(done.result())

    def _assert_alive(self, what: str) -> None:
        if not self.alive:
            msg = f"cannot {what} node {self.name}: it crashed; restart() it first"
            raise NodeCrashedError(msg)
