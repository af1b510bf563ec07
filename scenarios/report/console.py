"""The console of every command: as wide as the terminal, and wide enough for a table where there is none."""

from __future__ import annotations

import os

from rich.console import Console

WIDTH_WITHOUT_TERMINAL = 120


def make_console() -> Console:
    """Standard output; NO_COLOR and COLUMNS are respected, colour is for terminals only."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console
