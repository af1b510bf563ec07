"""A pool's processes end with whoever asked for them: they hold its standard output, which ends when they all have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.errors import PerformanceFailedError
from scenarios.pools import process_pool

LIMIT_S = 60
PROGRAM = """
import signal, sys
from scenarios.pools import process_pool

def work():
    print("working", flush=True)
    signal.pause()

if __name__ == "__main__":
    with process_pool(2) as pool:
        pool.submit(work)
        pool.submit(work)
        sys.stdin.readline()
        raise SystemExit(3)
"""


@pytest.fixture
def program(tmp_path: Path) -> subprocess.Popen[str]:
    """A process with two busy workers."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    command = [sys.executable, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["working\n"] * 2
    return process


def test_workers_end_when_the_one_that_asked_is_killed(program: subprocess.Popen[str]) -> None:
    program.kill()

    said, _ = program.communicate(timeout=LIMIT_S)

    assert said == ""


def test_whatever_ends_the_block_early_ends_busy_workers(program: subprocess.Popen[str]) -> None:
    program.communicate("stop\n", timeout=LIMIT_S)

    assert program.returncode == 3


def test_a_worker_that_is_killed_is_told_in_a_sentence() -> None:
    with pytest.raises(PerformanceFailedError, match="was killed, or ran out of memory"), process_pool(1) as pool:
        pool.submit(os.abort).result(LIMIT_S)
