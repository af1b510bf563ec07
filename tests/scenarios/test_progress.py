"""Progress as it is drawn on a terminal, from before the first step to the end."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from scenarios.cli.progress import counting, sweeping


def terminal() -> tuple[Console, StringIO]:
    drawn = StringIO()
    return Console(file=drawn, force_terminal=True, width=100), drawn


def test_blocks_are_counted_on_a_terminal() -> None:
    console, drawn = terminal()

    with sweeping(console, "storm", 300) as done:
        done(100)
        done(200)

    assert "300/300" in drawn.getvalue()


def test_steps_are_counted_on_a_terminal() -> None:
    console, drawn = terminal()

    with counting(console, "filling cells", 2) as one_more:
        one_more()
        one_more()

    assert "2/2" in drawn.getvalue()


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    drawn = StringIO()

    with sweeping(Console(file=drawn), "storm", 100) as done:
        done(100)

    assert not drawn.getvalue().strip()
