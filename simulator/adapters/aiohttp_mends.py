"""Where aiohttp reads what a run must own: its keep-alive clock, its shuffle of waiters, its rounding of time-outs.

Its sets of protocols are dealt with by `aiohttp_memory`, whose protocols hash to their number.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp.connector
import aiohttp.helpers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.simulation import Simulation


@contextmanager
def mended(simulation: Simulation) -> Iterator[None]:
    """For `Simulation(environment=[mended])`: keep-alive reads the loop's clock, waiters are shuffled by the seed.

    Time-outs keep aiohttp's rounding, as in production: from 5 s on they fire at the next whole second.
    """
    with (
        _replaced(aiohttp.connector, "monotonic", simulation.loop.time),
        _replaced(aiohttp.connector, "random", simulation.choices.random("aiohttp")),
    ):
        yield


@contextmanager
def exact_timeouts(_simulation: Simulation) -> Iterator[None]:
    """For `Simulation(environment=[exact_timeouts])`: a time-out of 7.5 s fires after 7.5 s, not at a whole second."""
    with _replaced(aiohttp.helpers, "ceil", float):
        yield


@contextmanager
def _replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)
