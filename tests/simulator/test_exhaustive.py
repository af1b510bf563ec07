"""Exhaustive search: every schedule, none twice, and what the bounds and sleep sets leave out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.checker import Verdict
from simulator.errors import ReplayDivergedError
from simulator.explore import (
    Inconclusive,
    Proved,
    Violated,
    explore_all,
    explore_randomly,
    pct_scheduler,
    swarm_scheduler,
)
from simulator.footprint import Footprint, commute
from simulator.limits import Limits
from simulator.nemesis import Crash, Nemesis
from simulator.schedulers import SCHEDULE, Exhaustive, Question
from simulator.simulation import RunResult, Simulation
from tests.simulator.worlds import check_then_insert, runs

if TYPE_CHECKING:
    from simulator.explore import Exploration, Run, SchedulerOf
    from simulator.schedulers.protocol import Scheduler

Steps = list[tuple[str, str]]
"""For each step of an actor: what it does (`r` or `w`), to which variable."""
Outcome = tuple[tuple[str, int], ...]


def world_of(actors: list[Steps], orders: set[tuple[str, ...]], outcomes: set[Outcome]) -> Run:
    """Actors that read and write shared variables; what they saw and left behind is the outcome."""

    async def world(simulation: Simulation) -> None:
        shared: dict[str, int] = {}
        order: list[str] = []
        seen: dict[str, int] = {}

        async def work(name: str, steps: Steps) -> None:
            for number, (kind, variable) in enumerate(steps):
                names = frozenset({variable})
                footprint = Footprint(reads=names) if kind == "r" else Footprint(writes=names)
                await simulation.loop.io_point(f"{number}{kind}{variable}", footprint=footprint)
                order.append(f"{name}{number}")
                if kind == "r":
                    seen[f"{name}{number}"] = shared.get(variable, 0)
                else:
                    shared[variable] = 100 * ord(name) + number

        await asyncio.gather(*(work(name, steps) for name, steps in zip("abc", actors, strict=False)))
        orders.add(tuple(order))
        outcomes.add(tuple(sorted([*shared.items(), *seen.items()])))

    def run(scheduler: Scheduler, seed: int) -> RunResult:
        return Simulation(world, scheduler=scheduler, seed=seed, limits=Limits(choice_points_min=0)).run()

    return run


@dataclass(frozen=True)
class Search:
    orders: set[tuple[str, ...]]
    outcomes: set[Outcome]
    result: Exploration


def search(actors: list[Steps], *, preemptions_max: int | None = None, reduce: bool = False) -> Search:
    orders: set[tuple[str, ...]] = set()
    outcomes: set[Outcome] = set()
    run = world_of(actors, orders, outcomes)
    return Search(orders, outcomes, explore_all(run, preemptions_max=preemptions_max, reduce=reduce))


@pytest.mark.parametrize(("first", "second"), [(1, 1), (2, 3), (4, 4)])
def test_every_interleaving_is_run_exactly_once(first: int, second: int) -> None:
    actors = [[("w", "x")] * first, [("w", "x")] * second]

    found = search(actors)

    assert isinstance(found.result, Proved)
    assert len(found.orders) == found.result.schedules == comb(first + second, first)


def test_a_bound_of_zero_runs_each_caller_to_the_end() -> None:
    found = search([[("w", "x")] * 3, [("w", "x")] * 3], preemptions_max=0)

    assert found.orders == {("a0", "a1", "a2", "b0", "b1", "b2"), ("b0", "b1", "b2", "a0", "a1", "a2")}
    assert str(found.result).startswith("proved up to bound 0")


steps = st.lists(st.tuples(st.sampled_from("rw"), st.sampled_from("xy")), min_size=1, max_size=3)


@settings(max_examples=40)
@given(st.lists(steps, min_size=2, max_size=3).filter(lambda actors: sum(map(len, actors)) <= 6))
def test_sleep_sets_lose_no_outcome_and_run_no_more_schedules(actors: list[Steps]) -> None:
    full = search(actors)
    reduced = search(actors, reduce=True)

    assert isinstance(full.result, Proved)
    assert isinstance(reduced.result, Proved)
    assert reduced.outcomes == full.outcomes
    assert len(reduced.orders) <= len(full.orders)


def test_sleep_sets_lose_no_crash() -> None:
    def crashes(*, reduce: bool) -> set[tuple[str, ...]]:
        seen: set[tuple[str, ...]] = set()

        async def world(simulation: Simulation) -> None:
            done: list[str] = []
            node = simulation.node("gateway")

            async def work(name: str) -> None:
                for number in range(2):
                    await simulation.loop.io_point(f"{name}{number}", footprint=Footprint(writes=frozenset({name})))
                    done.append(f"{name}{number}")

            Nemesis(simulation, Crash(node, restart_after_s=None), strikes_max=1).start()
            for name in "xy":
                node.spawn(lambda name=name: work(name))  # type: ignore[misc]
            await asyncio.sleep(10)
            seen.add(tuple(sorted(done)))

        assert isinstance(explore_all(runs(world), preemptions_max=None, reduce=reduce), Proved)
        return seen

    assert crashes(reduce=True) == crashes(reduce=False)


def test_steps_that_touch_nothing_in_common_need_one_schedule() -> None:
    actors = [[("w", "x")] * 3, [("w", "y")] * 3]

    assert len(search(actors, reduce=True).orders) == 1


def test_a_bound_with_sleep_sets_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one"):
        Exhaustive(preemptions_max=1, reduce=True)


def test_another_question_on_the_same_path_is_reported_as_nondeterminism() -> None:
    explorer = Exhaustive()
    explorer.choose(Question(SCHEDULE, "next", 2, ("a", "b"), ("a", "b")))
    explorer.advance()
    explorer.begin()

    with pytest.raises(ReplayDivergedError, match="not deterministic"):
        explorer.choose(Question(SCHEDULE, "next", 2, ("a", "c"), ("a", "c")))


def test_the_unique_key_is_proved_up_to_bound_2() -> None:
    result = explore_all(runs(check_then_insert(unique=True)), preemptions_max=2)

    assert isinstance(result, Proved)
    assert str(result).startswith("proved up to bound 2")


def test_without_the_unique_key_one_preemption_is_the_counterexample() -> None:
    result = explore_all(runs(check_then_insert(unique=False)), preemptions_max=2)

    assert isinstance(result, Violated)
    assert sum(decision.preempts for decision in result.result.decisions) == 1


def test_a_proof_says_when_the_limits_ruled_orders_out() -> None:
    def run(scheduler: Scheduler, seed: int) -> RunResult:
        world = check_then_insert(unique=True, callers=3)
        return Simulation(world, scheduler=scheduler, seed=seed, limits=Limits(candidates_max=2)).run()

    result = explore_all(run, preemptions_max=0)

    assert isinstance(result, Proved)
    assert "the orders within Limits.candidates_max" in result.bound


def test_a_search_that_is_cut_off_proves_nothing() -> None:
    result = explore_all(runs(check_then_insert(unique=True)), preemptions_max=None, schedules_max=5)

    assert result == Inconclusive("schedules_max = 5 reached within every schedule", 5)


async def broken_harness(_: Simulation) -> None:
    raise RuntimeError("is bound to a different event loop")


def test_a_run_without_verdict_makes_every_search_inconclusive() -> None:
    exhaustive = explore_all(runs(broken_harness))
    random = explore_randomly(runs(broken_harness), range(3))

    assert isinstance(exhaustive, Inconclusive)
    assert isinstance(random, Inconclusive)
    assert "different event loop" in exhaustive.why
    assert "different event loop" in random.why


def test_random_search_alternates_and_finds_the_race_but_never_proves() -> None:
    found = explore_randomly(runs(check_then_insert(unique=False)), range(50))
    clean = explore_randomly(runs(check_then_insert(unique=True)), range(50))

    assert isinstance(found, Violated)
    assert found.result.verdict is Verdict.INVALID
    assert clean == Inconclusive("50 seeds are valid", 50)


@pytest.mark.parametrize("scheduler_of", [pct_scheduler, swarm_scheduler])
def test_random_search_takes_another_mix(scheduler_of: SchedulerOf) -> None:
    found = explore_randomly(runs(check_then_insert(unique=False)), range(50), scheduler_of=scheduler_of)

    assert isinstance(found, Violated)


def test_faults_are_enumerated_up_to_their_bound() -> None:
    struck: set[tuple[bool, ...]] = set()

    async def world(simulation: Simulation) -> None:
        struck.add(tuple(simulation.choices.chance(f"fault {number}", 0.1, "faults") for number in range(4)))

    result = explore_all(runs(world), deviations_max=2)

    assert isinstance(result, Proved)
    assert len(struck) == 1 + 4 + 6


def test_footprints_commute_unless_one_writes_what_the_other_touches() -> None:
    reads, writes = Footprint(reads=frozenset("x")), Footprint(writes=frozenset("x"))

    assert commute(reads, reads)
    assert commute(writes, Footprint(writes=frozenset("y")))
    assert not commute(reads, writes)
    assert not commute(writes, writes)
    assert not commute(None, reads)
