"""Processes that work for this one, and that do not outlive it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from scenarios.errors import PerformanceFailedError

KILLED = "one of its processes was killed, or ran out of memory"


@contextmanager
def process_pool(count: int | None) -> Iterator[ProcessPoolExecutor]:
    """So many processes (None: one for each core). Whatever ends the block early ends them, too, whatever they do.

    They are spawned: a forked one would share open databases and half-read entropy. When this process is killed, they
    end by themselves. PerformanceFailedError: one of them was killed.
    """
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=spawn, initializer=_end_with_parent) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise PerformanceFailedError(KILLED) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _end_with_parent() -> None:
    """A pool's worker waits for work from a pipe that it holds open itself: nothing tells it that nobody is left."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_wait_for_end, args=(parent.sentinel,), name="parent", daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
