"""Where aiohttp shares what a run must own: keep-alive clock, shuffle of waiters, time-outs' rounding, a cache of apps.

Its sets of protocols are dealt with by `aiohttp_memory`, whose protocols hash to their number.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp.connector
import aiohttp.helpers
import aiohttp.web_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.simulation import Simulation


@contextmanager
def mended(simulation: Simulation) -> Iterator[None]:
    """For `Simulation(environment=[mended])`: keep-alive reads the loop's clock, waiters are shuffled by the seed.

    aiohttp's cache of middlewares would keep the applications, and with them all of a run, for hundreds of runs.
    Time-outs keep aiohttp's rounding, as in production: from 5 s on they fire at the next whole second.
    """
    uncached = aiohttp.web_app._build_middlewares  # noqa: SLF001 - what the cache would call
    with (
        _replaced(aiohttp.web_app, "_cached_build_middleware", uncached),
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
