"""Where an adapter hands a completion to the scheduler: the one seam between the adapters and whichever
loop runs.

On a simulation loop a completion is a choice; on a stock loop it comes with the next turn, so that the same
adapters serve tests that have no simulator.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVarTuple, Unpack

from simulator.loop import SimulationLoop

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable

    from simulator.footprint import Footprint

Ts = TypeVarTuple("Ts")


def complete(
    loop: asyncio.AbstractEventLoop,
    label: str,
    callback: Callable[[Unpack[Ts]], object],
    *args: *Ts,
    context: contextvars.Context | None = None,
    footprint: Footprint | None = None,
    actor: str | None = None,
    survives_crash: bool = False,
) -> None:
    """Call `callback(*args)` once the pending I/O named `label` completes; never inside this call."""
    if isinstance(loop, SimulationLoop):
        handle = asyncio.Handle(callback, args, loop, context)
        loop.await_io(label, handle, footprint=footprint, actor=actor, survives_crash=survives_crash)
    else:
        loop.call_soon(callback, *args, context=context)


def running_actor(loop: asyncio.AbstractEventLoop) -> str | None:
    """The name of the task that runs now, to be given to completions that come on its behalf later."""
    task = asyncio.current_task(loop)
    return None if task is None else task.get_name()


def note(loop: asyncio.AbstractEventLoop, kind: str, text: str) -> None:
    """Put something that happened into the run's trace; a stock loop has none."""
    if isinstance(loop, SimulationLoop):
        loop.trace.add(kind, text)
