"""Who waits for whom: the sentence a deadlock is reported with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType


def describe_waits(tasks: Iterable[asyncio.Task[Any]]) -> str:
    """One line for each task that is not done: its name, what it waits for, and where."""
    lines = [f"  {task.get_name()} waits {_what(task)}{_where(task)}" for task in tasks if not task.done()]
    return "\n".join(sorted(lines)) or "  (no task is left: a bare future is awaited)"


def _what(task: asyncio.Task[Any]) -> str:
    waited = getattr(task, "_fut_waiter", None)
    if isinstance(waited, asyncio.Task):
        return f"for {waited.get_name()}"
    children = getattr(waited, "_children", None)
    if children:  # a gather: name the tasks that are still missing
        missing = [child.get_name() for child in children if isinstance(child, asyncio.Task) and not child.done()]
        return f"for {', '.join(missing)}"
    return "for a future nobody completes"


def _where(task: asyncio.Task[Any]) -> str:
    chain = _chain(task.get_coro())
    if not chain:
        return ""
    inner = chain[-1]
    own = next((place for place in reversed(chain) if "/asyncio/" not in place[0].co_filename), inner)
    inside = (
        "" if inner is own else f" in {inner[0].co_qualname if hasattr(inner[0], 'co_qualname') else inner[0].co_name}"
    )
    return f"{inside} (at {Path(own[0].co_filename).name}:{own[1]}, {own[0].co_name})"


def _chain(coroutine: Any) -> list[tuple[CodeType, int]]:
    """The code and line of each awaiting coroutine, outermost first."""
    places = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            places.append((frame.f_code, frame.f_lineno))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return places
