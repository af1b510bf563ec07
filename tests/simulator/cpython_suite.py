"""Runs CPython's asyncio tests on the simulation loop; a process of its own, since they change global state.

`python -m tests.simulator.cpython_suite MODULE...` prints one JSON object: module -> what came of it.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import sys
import unittest
import warnings
from collections.abc import Iterator

from simulator.loop import SimulationLoop

DESELECTED = {
    "RunCoroutineThreadsafeTests": "calls into the loop from a thread of a pool; the simulation has one thread",
}
"""Class -> why its tests cannot hold on a loop without threads."""


class CountedLoop(SimulationLoop):
    made = 0

    def __init__(self) -> None:
        super().__init__()
        CountedLoop.made += 1


class SimulationPolicy(asyncio.DefaultEventLoopPolicy):
    """Every new loop is a simulation loop in plain order."""

    def _loop_factory(self) -> asyncio.AbstractEventLoop:
        return CountedLoop()


def run_module(name: str) -> dict[str, object]:
    module = importlib.import_module(f"test.test_asyncio.{name}")
    cases = list(_cases(unittest.defaultTestLoader.loadTestsFromModule(module)))
    chosen = [case for case in cases if type(case).__name__ not in DESELECTED]
    asyncio.set_event_loop_policy(SimulationPolicy())
    CountedLoop.made = 0
    result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.TestSuite(chosen))
    asyncio.set_event_loop_policy(None)
    return {
        "ran": result.testsRun,
        "deselected": len(cases) - len(chosen),
        "loops": CountedLoop.made,
        "broken": [f"{case}\n{text}" for case, text in result.failures + result.errors],
    }


def _cases(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from _cases(each)
        else:
            yield each


def main() -> None:
    warnings.simplefilter("ignore")
    print(json.dumps({name: run_module(name) for name in sys.argv[1:]}))  # noqa: T201 - the command's output


if __name__ == "__main__":
    main()
