"""The processes that a load run starts, as this machine sees them."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def children() -> set[str]:
    """The processes of this machine whose parent is this test."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def kill(word: str) -> None:
    """Kill the children that were started with this word."""
    for number in children():
        if word.encode() in Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0"):
            os.kill(int(number), signal.SIGKILL)
