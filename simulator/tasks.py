"""Tasks and futures whose order in a set is the order of their creation, not of their addresses.

`asyncio.wait`, `TaskGroup` and `all_tasks` keep tasks in sets. With the hash of an object (its
address) the order of cancellation differs from run to run; with a counter it does not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.node import INCARNATION

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable, Coroutine, Generator

    from simulator.node import Incarnation

T = TypeVar("T")


class SimulatedTask(asyncio.Task[Any]):
    """A task that hashes to its number and knows the life of the node it runs on."""

    def __init__(
        self,
        coroutine: Generator[Any, None, Any] | Coroutine[Any, Any, Any],
        *,
        number: int,
        loop: asyncio.AbstractEventLoop,
        name: str,
        context: contextvars.Context | None = None,
        **options: Any,
    ) -> None:
        self._number = number  # first: the base class puts the task into a set
        self.incarnation: Incarnation | None = INCARNATION.get() if context is None else context.get(INCARNATION)
        super().__init__(coroutine, loop=loop, name=name, context=context, **options)

    def __hash__(self) -> int:
        return self._number


class SimulatedFuture(asyncio.Future[Any]):
    """A future that hashes to its number."""

    label = ""
    """What is waited for, in words, when whoever made the future knows."""

    number = 0
    """Set by the loop after the creation: a constructor of our own would double what a future costs."""

    def __hash__(self) -> int:
        return self.number


def is_frozen(task: asyncio.Task[Any]) -> bool:
    """Whether the task belongs to a life of a node that has ended."""
    incarnation = task.incarnation if isinstance(task, SimulatedTask) else None
    return incarnation is not None and not incarnation.alive


def run_into(result: asyncio.Future[T], func: Callable[[], T]) -> None:
    """Complete the future with what the function returns or raises, as an executor does."""
    if result.done():
        return
    try:
        value = func()
    except BaseException as error:  # noqa: BLE001 - an executor passes every error on
        result.set_exception(error)
    else:
        result.set_result(value)
