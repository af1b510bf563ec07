"""Our runs a second beside the fastest explorer (detangle) and the one that knows SQL (frontrun), on one
scenario.

They live in an environment of their own, `.venv-bench`, made at the first use; without the package index
the part says so.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import aiosqlite
import sqlalchemy

from simulator.adapters.aiosqlite_inline import InlineSettings, create_engine_inline
from simulator.adapters.frozen_time import FrozenTime
from simulator.adapters.sqlite_store import SqliteStore, fast_directory, template_from_script
from simulator.schedulers import Plain, Uniform
from simulator.simulation import Simulation
from tests.bench import peer_scenario
from tests.bench.table import Part, Row, rate

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENVIRONMENT = Path(__file__).parents[2] / ".venv-bench"
_SCRIPT = Path(__file__).with_name("peer_scenario.py")
_PEERS = ("detangle==0.1.0", "frontrun==0.7.0")
_PATIENCE_S = 60.0


def measure() -> Iterator[Row]:
    """Four callers, check then insert, unique key, a clean database for each run."""
    ours = _ours()
    yield Row("slotproof, 4 callers", ours, "runs/s")
    try:
        python = _python_of_peers()
        detangle = max(_play(python, "detangle", 150, "cpu_s") for _ in range(4))  # the best of four, as ours
        frontrun = _play(python, "frontrun", 20, "wall_s")
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        yield Row("peers", 0, "runs/s", note=f"not measured, cannot be had here: {error}"[:120])
        return
    yield Row("detangle, 4 callers, aiosqlite's queue inline", detangle, "runs/s")
    yield Row("frontrun, 2 callers, DPOR", frontrun, "runs/s wall")
    yield Row("ours to detangle's", ours / detangle, "times", at_least=1.7)
    yield Row("ours to frontrun's", ours / frontrun, "times", at_least=100)


def _ours() -> float:
    template = template_from_script("CREATE TABLE booking (slot TEXT UNIQUE)")
    seeds = itertools.count()
    with SqliteStore(template) as store, FrozenTime() as frozen:
        engine = create_engine_inline(store, settings=InlineSettings(reply_points=False))
        environment = (frozen.environment, store.environment)

        async def world(simulation: Simulation) -> None:
            callers = [simulation.loop.create_task(peer_scenario.book(engine)) for _ in range(4)]
            for caller in callers:
                await caller

        async def close(_simulation: Simulation) -> None:
            await engine.dispose()

        def play() -> None:
            seed = next(seeds)
            result = Simulation(world, scheduler=Uniform(seed), seed=seed, environment=environment).run()
            assert result.error is None, result.reason
            assert result.choice_points > 0

        try:
            return rate(play)
        finally:
            Simulation(close, scheduler=Plain(), environment=environment).run()


def _python_of_peers() -> Path:
    """The bench environment's Python; the environment is made and filled when it is not there."""
    python = _ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(_ENVIRONMENT)], check=True, timeout=_PATIENCE_S)
        (_ENVIRONMENT / ".gitignore").write_text("*\n")
    same = (f"sqlalchemy[asyncio]=={sqlalchemy.__version__}", f"aiosqlite=={aiosqlite.__version__}")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *_PEERS, *same], check=True, timeout=5 * _PATIENCE_S, capture_output=True)
    return python


def _play(python: Path, tool: str, runs: int, seconds: str) -> float:
    """Runs a second, by processor time (`cpu_s`) or, for a tool that waits, by the clock on the wall (`wall_s`)."""
    with tempfile.TemporaryDirectory(prefix="slotproof-peer-", dir=fast_directory()) as folder:
        command = [str(python), str(_SCRIPT), tool, str(runs), str(Path(folder) / "peer.db")]
        done = subprocess.run(command, check=True, timeout=_PATIENCE_S, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer["runs"] / answer[seconds]


PART = Part("Beside other simulators", measure)
