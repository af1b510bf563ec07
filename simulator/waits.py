"""Who waits for whom: the sentence a deadlock is reported with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.lock_holders import holder_of
from simulator.tasks import SimulatedFuture, is_frozen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

_TASKS_SHOWN_MAX = 20
"""A report of a thousand waiting tasks is read by nobody."""


def describe_waits(tasks: Iterable[asyncio.Task[Any]]) -> str:
    """One line for each task that is not done, nor frozen by a crash: its name, what it waits for, and where."""
    lines = [
        f"  {task.get_name()} waits {_what(task)}{_where(task)}"
        for task in tasks
        if not task.done() and not is_frozen(task)
    ]
    if not lines:
        return "  (no task is left: a bare future is awaited)"
    shown = sorted(lines)[:_TASKS_SHOWN_MAX]
    hidden = len(lines) - len(shown)
    return "\n".join(shown) + (f"\n  … and {hidden} more" if hidden else "")


def _what(task: asyncio.Task[Any]) -> str:
    waited = getattr(task, "_fut_waiter", None)
    if isinstance(waited, asyncio.Task):
        return f"for {waited.get_name()}"
    children = getattr(waited, "_children", None)
    if children:  # a gather: name the tasks that are still missing
        missing = [child.get_name() for child in children if isinstance(child, asyncio.Task) and not child.done()]
        return f"for {', '.join(missing)}"
    if isinstance(waited, SimulatedFuture) and waited.label:
        return f"for {waited.label}"
    frames = _frames(task)
    if frames and _is_asyncio(frames[-1]) and frames[-1].f_code.co_name == "sleep":
        return "for a timer"
    holder = next((held for frame in frames if (held := holder_of(frame.f_locals.get("self")))), None)
    return f"for a lock that {holder} holds" if holder else "for a future nobody completes"


def _where(task: asyncio.Task[Any]) -> str:
    frames = _frames(task)
    if not frames:
        return ""
    inner = frames[-1]
    own = next((frame for frame in reversed(frames) if not _is_asyncio(frame)), inner)
    inside = "" if inner is own else f" in {inner.f_code.co_qualname}"
    return f"{inside} (at {Path(own.f_code.co_filename).name}:{own.f_lineno}, {own.f_code.co_name})"


def _frames(task: asyncio.Task[Any]) -> list[FrameType]:
    """The frame of each awaiting coroutine, outermost first."""
    frames: list[FrameType] = []
    coroutine: Any = task.get_coro()
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            frames.append(frame)
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return frames


def _is_asyncio(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in ("asyncio", "simulator")
