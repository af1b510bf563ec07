"""Coverage: conflict orders count what differs, not what merely ran in another order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.coverage import Saturation, conflict_order, missing_goals
from simulator.explore import explore_all
from simulator.footprint import Footprint
from simulator.schedulers import Uniform
from tests.simulator.worlds import check_then_insert, runs

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Scheduler
    from simulator.simulation import RunResult, Simulation

READ_X, WRITE_X = Footprint(reads=frozenset("x")), Footprint(writes=frozenset("x"))
WRITE_Y = Footprint(writes=frozenset("y"))


def test_swapping_steps_that_touch_nothing_in_common_is_the_same_order() -> None:
    one = conflict_order([("a", WRITE_X), ("b", WRITE_Y), ("c", READ_X), ("d", READ_X)])
    other = conflict_order([("b", WRITE_Y), ("a", WRITE_X), ("d", READ_X), ("c", READ_X)])

    assert one == other


def test_swapping_steps_that_conflict_is_another_order() -> None:
    assert conflict_order([("a", WRITE_X), ("c", READ_X)]) != conflict_order([("c", READ_X), ("a", WRITE_X)])
    assert conflict_order([("a", WRITE_X), ("b", WRITE_X)]) != conflict_order([("b", WRITE_X), ("a", WRITE_X)])


def test_sleep_sets_run_about_one_schedule_for_each_conflict_order() -> None:
    seen: list[str] = []

    def run(scheduler: Scheduler, seed: int) -> RunResult:
        result = runs(check_then_insert(unique=True))(scheduler, seed)
        if not result.pruned:
            seen.append(conflict_order(result.touches))
        return result

    explore_all(run, preemptions_max=None, reduce=True)

    assert len(seen) == len(set(seen)) > 1


def test_the_curve_flattens_when_nothing_new_appears() -> None:
    run = runs(check_then_insert(unique=True))
    saturation = Saturation()

    for seed in range(100):
        saturation.add(run(Uniform(seed), seed))

    assert saturation.curve == sorted(saturation.curve)
    assert saturation.recent_share == 0.0


def test_a_goal_that_no_run_reached_is_missing() -> None:
    async def world(simulation: Simulation) -> None:
        if simulation.choices.chance("commit", 0.5, "faults"):
            simulation.reach("lost after commit")
        await asyncio.sleep(0)

    results = [runs(world)(Uniform(seed), seed) for seed in range(10)]

    assert missing_goals(["lost after commit", "lost before commit"], results) == ["lost before commit"]
