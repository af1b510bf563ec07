"""The end of a run: whatever still runs is cancelled, and what will not end is abandoned."""

# ruff: noqa: SLF001 - a task that is abandoned on purpose must not complain about it

from __future__ import annotations

import asyncio
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from simulator.errors import BudgetError, HangError
from simulator.tasks import SimulatedTask, is_frozen

if TYPE_CHECKING:
    from simulator.loop import SimulationLoop


def clean_up(loop: SimulationLoop) -> None:
    """Cancel the tasks of living nodes, freeze those of crashed ones, close the loop.

    The run has its verdict already, so nothing here may change it: a task that refuses to end within
    `Limits.cleanup_steps_max` is dropped where it stands.
    """
    loop.settle(loop.limits.cleanup_steps_max)
    tasks = _unfinished(loop)
    _abandon([task for task in tasks if is_frozen(task)])
    living = [task for task in tasks if not is_frozen(task)]
    for task in living:
        task.cancel()
    with suppress(HangError, BudgetError):
        if living:
            loop.run_until_complete(asyncio.gather(*living, return_exceptions=True))
        _forget_stuck_generators(loop)
        loop.run_until_complete(loop.shutdown_asyncgens())
    _abandon(_unfinished(loop))
    loop.frozen_tasks.clear()
    loop.close()


def _unfinished(loop: SimulationLoop) -> list[asyncio.Task[Any]]:
    """In the order of their creation, first the ones made past `create_task`."""
    tasks = [task for task in asyncio.all_tasks(loop) if not task.done()]
    return sorted(tasks, key=lambda task: hash(task) if isinstance(task, SimulatedTask) else 0)


def _forget_stuck_generators(loop: SimulationLoop) -> None:
    """A frozen task's asynchronous generator stands inside an `await` for ever: nobody can close it."""
    generators: Any = loop._asyncgens  # type: ignore[attr-defined]  # asyncio's own set
    for generator in list(generators):
        if generator.ag_running:
            generators.discard(generator)


def _abandon(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own switch
        coroutine = task.get_coro()
        # Code that insists on awaiting while it is closed has no loop any more, and must not warn of it either.
        with warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter("ignore", RuntimeWarning)
            if coroutine is not None:
                coroutine.close()
