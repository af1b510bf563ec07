"""Run an async test under many seeds of the simulator; say which seed fails, why, and how to see it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.adapters.aiohttp_mends import mended
from simulator.adapters.frozen_time import FrozenTime
from simulator.checker import Verdict
from simulator.explore import random_scheduler
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import SCHEDULE
from simulator.shrink import shrink
from simulator.simulation import RunResult, Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from simulator.schedulers.protocol import Scheduler

PLAIN = "plain order"


@dataclass(frozen=True, slots=True)
class Failed:
    """A seed whose run is not VALID. `seed` is None for the run in plain order, which comes first."""

    seed: int | None
    runs: int
    result: RunResult
    smallest: str

    def told(self, node_id: str) -> str:
        """What happened, in lines; the last one is the command that shows it again."""
        which, verdict = PLAIN if self.seed is None else f"seed {self.seed}", self.result.verdict.name
        again = f"pytest '{node_id}'" + ("" if self.seed is None else f" --simulated-seed {self.seed}")
        lines = [f"{which} (run {self.runs}) is {verdict}: {self.result.reason}"]
        if self.smallest:
            lines.append(f"smallest schedule that fails so: {self.smallest}")
        return "\n".join([*lines, f"digest {self.result.digest}", f"again: {again}"])


def first_failure(test: Callable[[Simulation], Awaitable[Any]], seeds: Iterable[int]) -> Failed | None:
    """Run the test in plain order and then under each seed; None when every run is VALID.

    The run in plain order tells how many decisions a run has, which the seeds' schedulers go by: so one seed
    makes the same run however many others are asked for.
    """
    with FrozenTime() as frozen:
        run = partial(_run, test, frozen)
        plain = run(Plain(), 0)
        if plain.verdict is not Verdict.VALID:
            return Failed(None, 1, plain, "")
        horizon = max(1, sum(decision.stream == SCHEDULE for decision in plain.decisions))
        for runs, seed in enumerate(seeds, start=2):
            result = run(random_scheduler(seed, horizon), seed)
            if result.verdict is not Verdict.VALID:
                return Failed(seed, runs, result, _smallest(partial(_again, run, seed), result))
    return None


def _run(
    test: Callable[[Simulation], Awaitable[Any]], frozen: FrozenTime, scheduler: Scheduler, seed: int
) -> RunResult:
    return Simulation(test, scheduler=scheduler, seed=seed, environment=[frozen.environment, mended]).run()


def _again(run: Callable[[Scheduler, int], RunResult], seed: int, scheduler: Scheduler) -> RunResult:
    return run(scheduler, seed)


def _smallest(run: Callable[[Scheduler], RunResult], failing: RunResult) -> str:
    """The sentence of the smallest schedule; empty when the run has no verdict to keep."""
    if failing.verdict is not Verdict.INVALID:
        return ""
    return shrink(run, failing).sentence
