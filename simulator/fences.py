"""Fences round a run: what would let the real world in raises, or is replaced by a seeded stream.

Raises FenceError at the call site: threads, processes, sockets, name lookups, real clocks, `sleep`,
`uuid1`, `getrandom`. Replaced for the time of the run: `os.urandom` and what binds it (`secrets`,
`uuid4`, `SystemRandom`), unseeded `random.Random()`, the global `random`. The standard library may
read the clocks (a log record does): it gets virtual time.

What no fence can see (an alias taken before the run, the clock inside C code, the order of a set)
is for `simulator.determinism` to find.
"""

# ruff: noqa: SLF001 - `random._urandom` is how the standard library itself binds the entropy

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import threading
import time
import types
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulator.lock_holders import remembering_acquire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.simulation import Simulation

_THREAD = "node.start(...) for a process, asyncio.to_thread for a blocking call (both run on the loop)"
_SOCKET = "simulator.adapters.aiohttp_memory, or simulator.network"
_CLOCK = "simulation.clock.now(), loop.time(), or the environment simulator.adapters.frozen_time"
_ENTROPY = "uuid4, secrets or simulation.choices.random(...), which the seed drives"

_CLOSED: tuple[tuple[Any, str, str], ...] = (
    (threading.Thread, "start", _THREAD),
    (subprocess.Popen, "__init__", _THREAD),
    (os, "system", _THREAD),
    (os, "fork", _THREAD),
    (socket.socket, "__init__", _SOCKET),
    (socket, "getaddrinfo", _SOCKET),
    (socket, "gethostbyname", _SOCKET),
    (time, "sleep", "asyncio.sleep"),
    (uuid, "uuid1", _ENTROPY),
    (os, "getrandom", _ENTROPY),
)
_CLOCKS: tuple[tuple[str, int], ...] = (
    ("time", 1),
    ("monotonic", 1),
    ("perf_counter", 1),
    ("time_ns", 1_000_000_000),
    ("monotonic_ns", 1_000_000_000),
    ("perf_counter_ns", 1_000_000_000),
)


@contextmanager
def fenced(simulation: Simulation) -> Iterator[None]:
    """All fences, up for one run. They come down in the opposite order, whatever happens."""
    patches = _Patches()
    before = random.getstate()
    try:
        for owner, name, instead in _CLOSED:
            if hasattr(owner, name):
                patches.put(owner, name, _closed(simulation, owner, name, instead))
        for name, unit in _CLOCKS:
            # Somebody else's clock (freezegun's, driven by the loop) is virtual already.
            if isinstance(getattr(time, name), types.BuiltinFunctionType):
                patches.put(time, name, _clock(simulation, name, unit))
        _seed_entropy(simulation, patches)
        patches.put(asyncio, "as_completed", _ordered(asyncio.as_completed))
        patches.put(asyncio.Lock, "acquire", remembering_acquire(asyncio.Lock.acquire))
        yield
    finally:
        patches.restore()
        random.setstate(before)


class _Patches:
    """Attributes that were replaced. One list, not a stack of context managers: they go up in every run."""

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any, bool]] = []

    def put(self, owner: Any, name: str, replacement: Any) -> None:
        self._replaced.append((owner, name, getattr(owner, name), name in vars(owner)))
        setattr(owner, name, replacement)

    def restore(self) -> None:
        while self._replaced:
            owner, name, original, own = self._replaced.pop()
            if own:
                setattr(owner, name, original)
            else:  # it was inherited
                delattr(owner, name)


def _closed(simulation: Simulation, owner: Any, name: str, instead: str) -> Callable[..., Any]:
    called = f"{owner.__name__}.{name}".removesuffix(".__init__")

    def refuse(*_: Any, **__: Any) -> Any:
        raise simulation.breach(f"{called} inside a simulation: use {instead} ({_caller()})")

    return refuse


def _clock(simulation: Simulation, name: str, unit: int) -> Callable[[], float]:
    def read() -> float:
        module = str(sys._getframe(1).f_globals.get("__name__", ""))
        if module.partition(".")[0] not in sys.stdlib_module_names:
            raise simulation.breach(f"time.{name} inside a simulation: use {_CLOCK} ({_caller()})")
        seconds = simulation.clock.now().timestamp() if name.startswith("time") else simulation.loop.time()
        return round(seconds * unit) if unit > 1 else seconds

    return read


def _caller() -> str:
    """Where the fence was touched: the first frame outside the standard library and this file."""
    frame = sys._getframe(2)
    while frame.f_back is not None and (
        frame.f_code.co_filename == __file__
        or str(frame.f_globals.get("__name__", "")).partition(".")[0] in sys.stdlib_module_names
    ):
        frame = frame.f_back
    return f"at {frame.f_code.co_filename}:{frame.f_lineno}"


def _seed_entropy(simulation: Simulation, patches: _Patches) -> None:
    choices = simulation.choices  # its streams are made when first asked: most runs never do
    seed_of_instance = random.Random.seed
    seed_of_module = random.seed

    def urandom(size: int) -> bytes:
        return choices.random("os.urandom").randbytes(size)

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed_of_instance(self, choices.random("random").getrandbits(128) if a is None else a, version)

    def seed_global(a: Any = None, version: int = 2) -> None:
        seed_of_module(choices.random("random").getrandbits(128) if a is None else a, version)

    patches.put(os, "urandom", urandom)
    patches.put(random, "_urandom", urandom)
    patches.put(random.Random, "seed", seed)
    patches.put(random, "seed", seed_global)
    seed_of_module(f"{simulation.seed}/random")


def _ordered(as_completed: Callable[..., Any]) -> Callable[..., Any]:
    """asyncio.as_completed puts bare coroutines into a set, by address; tasks it keeps in order."""

    def ordered(fs: Any, **options: Any) -> Any:
        return as_completed([asyncio.ensure_future(each) for each in fs], **options)

    return ordered
