"""The end of a run: whatever still runs is cancelled, and what will not end is abandoned."""

# ruff: noqa: SLF001 - a task that is abandoned on purpose must not complain about it

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import sys
import warnings
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from simulator.errors import BudgetError, HangError
from simulator.node import INCARNATION
from simulator.tasks import SimulatedTask, is_frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.loop import SimulationLoop


def clean_up(loop: SimulationLoop) -> None:
    """Cancel the tasks of living nodes, freeze those of crashed ones, close the loop.

    The run has its verdict already, so nothing here may change it: a task that refuses to end within
    `Limits.cleanup_steps_max` is dropped where it stands.
    """
    loop.settle(loop.limits.cleanup_steps_max)
    with _hushed() if loop.frozen_tasks else nullcontext():
        _end_all(loop)
        if loop.frozen_tasks:
            loop.frozen_tasks.clear()
            gc.collect(0)  # what only timers and tracebacks held; the objects of the run are all young


def _end_all(loop: SimulationLoop) -> None:
    tasks = _unfinished(loop)
    _abandon(loop, [task for task in tasks if is_frozen(task)])
    living = [task for task in tasks if not is_frozen(task)]
    for task in living:
        task.cancel()
    with suppress(HangError, BudgetError):
        if living:
            loop.run_until_complete(asyncio.gather(*living, return_exceptions=True))
        _forget_stuck_generators(loop)
        loop.run_until_complete(loop.shutdown_asyncgens())
    _abandon(loop, _unfinished(loop))
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


def _abandon(loop: SimulationLoop, tasks: list[asyncio.Task[Any]]) -> None:
    """Close coroutines where they stand, without a step of the loop, and the tasks that their `finally` starts.

    Python closes a coroutine by raising GeneratorExit in it, so code of a dead process runs once more: it finds
    a loop that never turns again, closed connections, and a log that nobody keeps.
    """
    if not tasks:
        return
    others = set(_unfinished(loop)).difference(tasks)
    with _unheard(loop):
        while tasks:
            for task in tasks:
                contextvars.copy_context().run(_close, task)
            others.update(tasks)
            tasks = [task for task in _unfinished(loop) if task not in others]
        gc.collect(0)


def _close(task: asyncio.Task[Any]) -> None:
    """In the life that the task had, so that what it starts is as frozen as it is."""
    if isinstance(task, SimulatedTask):
        INCARNATION.set(task.incarnation)
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own switch
    coroutine = task.get_coro()
    with suppress(Exception):  # it may insist on awaiting
        if coroutine is not None:
            coroutine.close()


@contextmanager
def _unheard(loop: SimulationLoop) -> Iterator[None]:
    """Let code find a loop to start tasks on, and be hushed."""
    asyncio._set_running_loop(loop)
    try:
        with _hushed():
            yield
    finally:
        asyncio._set_running_loop(None)


@contextmanager
def _hushed() -> Iterator[None]:
    """Neither log nor warn, nor tell of errors in what is destroyed: these are the last words of dead processes."""
    disabled, unraisable = logging.root.manager.disable, sys.unraisablehook
    logging.disable()
    sys.unraisablehook = lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.unraisablehook = unraisable
        logging.disable(disabled)
