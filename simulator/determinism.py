"""Whether a run is a function of its seed: twice in this process, and in others.

`python -m simulator.determinism package.module:function SEED...` runs `function(seed) -> RunResult`
for each seed and prints one JSON line each; `check` does so in this process and in two more, under
two hash seeds and with a heap that is laid out differently, and compares.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from simulator.trace import Difference, Event, first_difference

if TYPE_CHECKING:
    from simulator.simulation import RunResult

RunSeed = Callable[[int], "RunResult"]

HASH_SEEDS = ("0", "4242")
"""Two orders of every set of strings."""
_PROCESS_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Leak:
    """Two runs of one seed that are not the same: how they were run, and the first event that differs."""

    seed: int
    how: str
    difference: Difference | None

    def __str__(self) -> str:
        where = self.difference or "the kept events are equal, later ones differ: raise trace_events_max"
        return f"seed {self.seed} is not deterministic ({self.how}): {where}"


def check_here(run: RunSeed, seeds: Iterable[int]) -> list[Leak]:
    """Run each seed twice in this process. The run in between shifts what the allocator hands out."""
    leaks = []
    for seed in seeds:
        first = run(seed)
        ballast = [object() for _ in range(1_000 + seed % 97)]
        second = run(seed)
        del ballast
        if first.digest != second.digest:
            leaks.append(Leak(seed, "twice in one process", first_difference(first.events, second.events)))
    return leaks


def check(target: str, seeds: Sequence[int], hash_seeds: Sequence[str] = HASH_SEEDS) -> list[Leak]:
    """Run `target` (`package.module:function`) here twice, and once in a process for each hash seed."""
    run = find(target)
    leaks = check_here(run, seeds)
    here = {seed: run(seed) for seed in seeds}
    for number, hash_seed in enumerate(hash_seeds):
        for seed, digest, events in _elsewhere(target, seeds, hash_seed, ballast=number * 10_007):
            if digest != here[seed].digest:
                how = f"in another process, PYTHONHASHSEED={hash_seed}"
                leaks.append(Leak(seed, how, first_difference(here[seed].events, events)))
    return leaks


def find(target: str) -> RunSeed:
    """The function that `package.module:function` names. Raises ValueError when there is none."""
    module, _, name = target.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        msg = f"expected package.module:function, found {target!r}: {error}"
        raise ValueError(msg) from error
    if not callable(function):
        msg = f"{target} is not a function"
        raise ValueError(msg)  # noqa: TRY004 - the text is wrong, not a type
    found: RunSeed = function
    return found


def _elsewhere(
    target: str, seeds: Sequence[int], hash_seed: str, *, ballast: int
) -> Iterable[tuple[int, str, list[Event]]]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "simulator.determinism", target, "--ballast", str(ballast)]
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, *map(str, seeds)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_PROCESS_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        msg = f"{' '.join(command)} failed:\n{done.stderr[-2_000:]}"
        raise RuntimeError(msg)
    for line in done.stdout.splitlines():
        data = json.loads(line)
        yield data["seed"], data["digest"], [Event(*event) for event in data["events"]]


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> None:
    """Run the seeds and print their digests and events, one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m simulator.determinism", description=__doc__)
    parser.add_argument("target", help="package.module:function, a function of a seed that returns a RunResult")
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--ballast", type=int, default=0, help="objects to allocate first, to shift addresses")
    options = parser.parse_args(arguments)
    ballast: list[Any] = [object() for _ in range(options.ballast)]
    run = find(options.target)
    for seed in options.seeds:
        result = run(seed)
        line = {"seed": seed, "digest": result.digest, "events": result.events}
        print(json.dumps(line), file=out or sys.stdout)
    del ballast


if __name__ == "__main__":
    main()
