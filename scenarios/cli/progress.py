"""Progress on everything that takes longer than a second, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@contextmanager
def counting(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar with count, rate and time left; call what you get after every step."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def waiting(console: Console, what: str) -> Iterator[None]:
    """A spinner while something of unknown length is done."""
    with console.status(what):
        yield


@contextmanager
def sweeping(console: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """As `counting`, for work that comes in blocks, with the rate; call what you get with the size of each."""
    rate = TextColumn("{task.speed:.0f}/s") if console.is_terminal else TextColumn("")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
