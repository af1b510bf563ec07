"""Runs checks as processes, each with all that it starts; `stop` ends those under way and lets no other begin."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 180.0
_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Ended:
    """How a check's process ended; None as status: it ran out of time, or was stopped."""

    status: int | None
    seconds: float
    last_words: str


class Runner:
    """Used by several threads: a check is in a session of its own, and Ctrl-C reaches neither it nor its thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[int] = set()
        self._is_stopped = False

    def run(self, command: list[str], tree: Path, limit_s: float = LIMIT_S) -> Ended:
        """Run it in that tree; whatever it has started ends with it."""
        environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
        began = time.monotonic()
        with self._lock:
            if self._is_stopped:
                return Ended(None, 0.0, "")
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                command,
                cwd=tree,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._under_way.add(process.pid)
        with process:
            try:
                out, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                return Ended(None, time.monotonic() - began, "")
            finally:
                self._end(process)
        status = None if self._is_stopped else process.returncode
        return Ended(status, time.monotonic() - began, "\n".join(out.splitlines()[-_LAST_LINES:]))

    def stop(self) -> None:
        """End every check under way."""
        with self._lock:
            self._is_stopped = True
            for leader in self._under_way:
                _kill(leader)

    def _end(self, process: subprocess.Popen[str]) -> None:
        """Forget it; when it has not ended by itself, end it with all that it started."""
        with self._lock:
            self._under_way.discard(process.pid)
            if process.returncode is None:
                _kill(process.pid)


def _kill(leader: int) -> None:
    with suppress(ProcessLookupError):  # it has just ended by itself
        os.killpg(leader, signal.SIGKILL)
