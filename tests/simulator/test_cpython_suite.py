"""CPython's own asyncio tests, unmodified, on the simulation loop in plain order.

They are the referee of the loop: a ready queue that is not first in, first out fails dozens of them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

import pytest

MODULES = {
    "test_locks": 60,
    "test_queues": 40,
    "test_timeouts": 10,
    "test_taskgroups": 25,
    "test_waitfor": 10,
    "test_futures2": 1,
    "test_threads": 5,
    "test_context": 1,
    "test_tasks": 200,
}
if sys.version_info >= (3, 12):
    MODULES["test_eager_task_factory"] = 30
"""Module -> how many tests it must run at least. The others need sockets, processes, or their own loop."""

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("test.test_asyncio") is None and os.environ.get("CI") != "true",
    reason="this Python is packaged without its own tests (test.test_asyncio)",
)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.simulator.cpython_suite", *MODULES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_cpythons_own_tests_pass_on_the_simulation_loop(module: str, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[module]

    assert outcome["broken"] == []
    assert outcome["ran"] >= MODULES[module]


def test_cpythons_tests_did_run_on_simulation_loops(outcomes: dict[str, Any]) -> None:
    loops = {module: outcome["loops"] for module, outcome in outcomes.items()}

    assert all(loops[module] > 0 for module in ("test_locks", "test_queues", "test_taskgroups", "test_waitfor")), loops
