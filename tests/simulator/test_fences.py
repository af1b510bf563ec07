"""Fences: what would let the real world in raises at the call site, and is remembered when swallowed."""

# ruff: noqa: PLW0108 - a lambda looks its function up late, which is the point

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import subprocess
import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from simulator.checker import Verdict
from simulator.errors import FenceError
from simulator.limits import Limits
from simulator.schedulers import Plain
from simulator.simulation import RunResult, Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

SEQUENTIAL = Limits(choice_points_min=0)


def run_with(call: Callable[[], Any], seed: int = 1) -> RunResult:
    async def world(_: Simulation) -> Any:
        return call()

    return Simulation(world, scheduler=Plain(), seed=seed, limits=SEQUENTIAL).run()


# Each looks its function up when it runs: an alias taken before the run is what only the self-check finds.
LEAKS: dict[str, tuple[Callable[[], Any], str]] = {
    "thread": (lambda: threading.Thread(target=print).start(), "asyncio.to_thread"),
    "socket": (socket.socket, "aiohttp_memory"),
    "name lookup": (lambda: socket.getaddrinfo("api.cal.com", 443), "aiohttp_memory"),
    "process": (lambda: subprocess.Popen(["true"]), "node.start"),
    "shell": (lambda: os.system("true"), "node.start"),  # noqa: S605 - never runs
    "wall clock": (lambda: time.time(), "simulation.clock.now()"),
    "monotonic clock": (lambda: time.monotonic(), "loop.time()"),
    "nanosecond clock": (lambda: time.perf_counter_ns(), "loop.time()"),
    "sleep": (lambda: time.sleep(0), "asyncio.sleep"),
    "uuid1": (lambda: uuid.uuid1(), "uuid4"),
    "getrandom": (lambda: os.getrandom(8), "simulation.choices.random"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_refused_at_the_call_site_naming_the_replacement(leak: str) -> None:
    call, replacement = LEAKS[leak]

    result = run_with(call)

    assert isinstance(result.error, FenceError)
    assert replacement in str(result.error)
    assert "test_fences.py" in str(result.error)
    assert result.verdict is Verdict.UNKNOWN


def test_a_leak_that_the_code_swallows_still_voids_the_run() -> None:
    def swallow() -> None:
        with suppress(Exception):
            socket.socket()

    result = run_with(swallow)

    assert result.verdict is Verdict.UNKNOWN
    assert "socket inside a simulation" in result.reason


def entropy() -> list[object]:
    return [
        uuid.uuid4(),
        secrets.token_hex(8),
        os.urandom(8),
        random.random(),
        random.Random().random(),
        random.SystemRandom().random(),
    ]


def test_entropy_is_a_function_of_the_seed() -> None:
    first, again, other = run_with(entropy).value, run_with(entropy).value, run_with(entropy, seed=2).value

    assert first == again
    assert all(one != another for one, another in zip(first, other, strict=True))


def test_reseeding_the_global_random_stays_inside_the_run() -> None:
    def reseed() -> float:
        random.seed()
        return random.random()

    assert run_with(reseed).value == run_with(reseed).value


def test_everything_is_as_before_after_a_run_even_a_failing_one() -> None:
    def names() -> list[object]:
        return [time.time, os.urandom, socket.socket.__init__, threading.Thread.start, random.Random.seed, uuid.uuid1]

    random.seed(5)
    expected, before = random.Random(5).random(), names()

    run_with(lambda: 1 / 0)

    assert names() == before
    assert random.random() == expected


def test_a_log_record_carries_virtual_time() -> None:
    def created() -> float:
        return logging.getLogger("x").makeRecord("x", logging.INFO, "f", 1, "text", (), None).created

    assert run_with(created).value == run_with(created).value
