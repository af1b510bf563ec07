"""Names of tasks and callbacks that depend on the run alone, never on what the process did before."""

# ruff: noqa: SLF001 - a handle's callback has no public name

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from simulator.node import INCARNATION, current_node


class TaskNames:
    """Gives tasks the name of their node and a number counted there, as `gateway#3`."""

    def __init__(self) -> None:
        self._numbers: dict[str, count[int]] = {}

    def next(self) -> str:
        """A new name on the running node."""
        prefix = _place()
        numbers = self._numbers.get(prefix)
        if numbers is None:
            numbers = self._numbers[prefix] = count(1)
        return f"{prefix}#{next(numbers)}"

    def of(self, task: asyncio.Task[Any]) -> str:
        """The task's name. One made past `create_task` (aiohttp's eager tasks) is renamed at first sight."""
        name = task.get_name()
        if name.startswith("Task-"):  # a number that the whole process counts
            name = self.next()
            task.set_name(name)
        return name

    def of_handle(self, handle: Any) -> str:
        """The task whose step the handle is, or else the function it calls."""
        callback = handle._callback
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, asyncio.Task):  # nearly always
            name = owner.get_name()
            return name if name[:5] != "Task-" else self.of(owner)
        return getattr(callback, "__qualname__", None) or type(callback).__name__

    def running(self, loop: asyncio.AbstractEventLoop) -> str:
        """The running task, or else the place where a callback runs."""
        task = asyncio.current_task(loop)
        return _place() if task is None else self.of(task)


def _place() -> str:
    node = current_node()
    return "main" if node is None else node.name


def is_dead(handle: Any) -> bool:
    """Whether the handle belongs to a life of a node that has ended."""
    incarnation = handle._context.get(INCARNATION)
    return incarnation is not None and not incarnation.alive
