"""The scenario that other simulators play: a script of its own, run by the bench environment's Python.

Four callers check whether a slot is taken and insert a booking, through SQLAlchemy on aiosqlite, on a clean
database for each run, with a unique key so that no run fails. Prints {"runs": ..., "cpu_s": ..., "wall_s":
...} as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiosqlite.core
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CALLERS = 4


async def book(engine: AsyncEngine) -> None:
    """Check, then insert; the unique key refuses the loser."""
    async with engine.begin() as connection:
        taken = (await connection.execute(text("SELECT COUNT(*) FROM booking WHERE slot = 's'"))).scalar()
    if taken == 0:
        with suppress(IntegrityError):
            async with engine.begin() as connection:
                await connection.execute(text("INSERT INTO booking VALUES ('s')"))


def fresh(path: Path) -> None:
    """An empty database at the path, in WAL mode as ours is."""
    forget(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("CREATE TABLE booking (slot TEXT UNIQUE)")
    connection.commit()
    connection.close()


def forget(path: Path) -> None:
    """Remove the database and what lies beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def detangle_runs(path: Path, runs: int) -> int:
    """detangle's random exploration; aiosqlite's thread is replaced by an inline queue, else it does not run at all."""
    import detangle

    vars(aiosqlite.core).update(Thread=_NoThread, SimpleQueue=_InlineQueue)
    numbers = itertools.count()

    async def scenario() -> None:
        mine = Path(f"{path}-{next(numbers)}")
        fresh(mine)
        engine = create_async_engine(f"sqlite+aiosqlite:///{mine}", connect_args={"timeout": 0})
        try:
            await asyncio.gather(*(book(engine) for _ in range(_CALLERS)))
            async with engine.connect() as connection:
                assert (await connection.execute(text("SELECT COUNT(*) FROM booking"))).scalar() == 1
        finally:
            await engine.dispose()
            forget(mine)

    detangle.explore(scenario, runs=runs, seed=3)
    return runs


def frontrun_runs(path: Path, runs: int) -> int:
    """frontrun's DPOR with its own detection of I/O, for at most 15 s.

    It plays two callers: with four its threads and SQLite's locks wait for each other and it overruns its
    own time limit. A run that it gives up counts as one, to its advantage.
    """
    import frontrun

    fresh(path)
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 0})
    started = itertools.count()

    def setup() -> Path:
        next(started)
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM booking")
        connection.commit()
        connection.close()
        return path

    async def worker(_state: Any) -> None:
        with suppress(OperationalError):
            await book(engine)

    async def explore() -> None:
        await frontrun.explore(
            setup=setup,
            workers=worker,
            count=2,
            invariant=lambda _state: _count(path) <= 1,
            max_executions=runs,
            total_timeout=15.0,
        )
        await engine.dispose()

    asyncio.run(explore())
    return next(started)


def _count(path: Path) -> int:
    connection = sqlite3.connect(path)
    number: int = connection.execute("SELECT COUNT(*) FROM booking").fetchone()[0]
    connection.close()
    return number


class _NoThread:
    daemon = True

    def __init__(self, *_arguments: Any, **_options: Any) -> None: ...

    def start(self) -> None: ...


class _InlineQueue:
    """Runs each job of aiosqlite on the loop and waits for locks there."""

    def put_nowait(self, item: tuple[Any, Any]) -> None:
        future, function = item
        if future is None:
            with suppress(Exception):
                function()
            return
        loop = future.get_loop()
        deadline = loop.time() + 5.0

        def job() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(function())
            except sqlite3.OperationalError as error:
                if "locked" in str(error) and loop.time() < deadline:
                    loop.call_later(0.002, job)
                else:
                    future.set_exception(error)
            except BaseException as error:  # noqa: BLE001  the caller's future carries it
                future.set_exception(error)

        loop.call_soon(job)


def main() -> None:
    """Play one tool."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=("detangle", "frontrun"))
    parser.add_argument("runs", type=int)
    parser.add_argument("path", type=Path)
    options = parser.parse_args()
    play = detangle_runs if options.tool == "detangle" else frontrun_runs
    if options.tool == "detangle":
        play(options.path, 1)  # warm up
    began, wall = time.process_time(), time.perf_counter()
    runs = play(options.path, options.runs)
    print(json.dumps({"runs": runs, "cpu_s": time.process_time() - began, "wall_s": time.perf_counter() - wall}))  # noqa: T201
    os._exit(0)  # a tool's left-over threads must not keep the process


if __name__ == "__main__":
    main()
