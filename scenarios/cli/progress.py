"""Progress on everything that takes longer than a second, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class RateColumn(ProgressColumn):
    """How many a second, once that is known."""

    def render(self, task: Task) -> Text:
        """Nothing until two steps were done."""
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")


@contextmanager
def counting(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar with count, rate and time left; call what you get after every step."""
    with sweeping(console, what, total) as done:
        yield lambda: done(1)


@contextmanager
def waiting(console: Console, what: str) -> Iterator[None]:
    """A spinner while something of unknown length is done."""
    with console.status(what):
        yield


@contextmanager
def sweeping(console: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """As `counting`, for work that comes in blocks; call what you get with the size of each."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
