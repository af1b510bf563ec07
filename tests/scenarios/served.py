"""`slotproof serve` in a process of its own, as a user starts it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

ANNOUNCED = re.compile(r"http://\S+(?=/v2)")


@dataclass(frozen=True, slots=True)
class Served:
    """A fake that listens: its process and its address."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str) -> Any:
        """The JSON that a GET is answered with."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal and wait: exit status, and what stderr says."""
        self.process.send_signal(number)
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        return self.process.wait(), said


@contextmanager
def serving(*words: str) -> Iterator[Served]:
    """Start it on a free port, and end it whatever happens."""
    command = [sys.executable, "-m", "scenarios", "serve", "--port", "0", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            announced = ANNOUNCED.search(process.stdout.readline())
            assert announced, process.stderr.read() if process.stderr else ""
            yield Served(process, announced.group())
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
