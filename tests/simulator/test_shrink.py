"""Shrinking: the smallest failing run, in a sentence, replayed ten times of ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from simulator.bundle import replay_often
from simulator.checker import Verdict
from simulator.explore import Violated, explore_randomly
from simulator.recording import record
from simulator.schedulers import FromList, Uniform
from simulator.shrink import describe, kind_of_failure, shrink
from tests.simulator.worlds import check_then_insert, racy, runs

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Scheduler
    from simulator.simulation import RunResult, Simulation


def failing_run(callers: int) -> tuple[RunResult, int]:
    found = explore_randomly(runs(check_then_insert(unique=False, callers=callers)), range(50))
    assert isinstance(found, Violated)
    return found.result, found.result.seed


@pytest.mark.parametrize("callers", [2, 4])
def test_the_race_shrinks_to_one_preemption_and_replays_ten_times_of_ten(callers: int) -> None:
    failing, seed = failing_run(callers)

    def run(scheduler: Scheduler) -> RunResult:
        return runs(check_then_insert(unique=False, callers=callers))(scheduler, seed)

    shrunk = shrink(run, failing)

    assert sum(decision.preempts for decision in shrunk.result.decisions) == 1
    assert sum(decision.chosen > 0 for decision in shrunk.result.decisions) == 1
    assert shrunk.runs < 60
    assert replay_often(run, record(shrunk.result)) == 10


def test_the_sentence_says_what_came_before_what() -> None:
    result = racy(FromList([0, 1]), 0)

    assert result.verdict is Verdict.INVALID
    assert describe(result.decisions) == (
        "plain order except at decision 1 'main#3: SELECT' comes before 'main#2: INSERT'"
    )
    assert describe(racy(FromList([]), 0).decisions) == "plain order"


def test_faults_and_order_shrink_together() -> None:
    async def world(simulation: Simulation) -> None:
        lost = [simulation.choices.chance(f"lose {number}", 0.5, "faults") for number in range(6)]
        assert sum(lost) < 2

    def run(scheduler: Scheduler) -> RunResult:
        return runs(world)(scheduler, 0)

    failing = next(result for seed in range(20) if (result := run(Uniform(seed))).verdict is Verdict.INVALID)

    assert (
        shrink(run, failing).sentence == "plain order except at decision 0 lose 0 is yes; at decision 1 lose 1 is yes"
    )


def test_another_failure_is_not_taken_for_the_same_one() -> None:
    async def world(simulation: Simulation) -> None:
        if simulation.choices.choose(3, "which", stream="faults") == 1:
            await simulation.loop.create_future()
        assert simulation.choices.choose(2, "then", stream="faults") == 0

    def run(scheduler: Scheduler) -> RunResult:
        return runs(world)(scheduler, 0)

    failing = run(FromList([2, 1]))

    assert kind_of_failure(shrink(run, failing).result) == kind_of_failure(failing) == ("AssertionError",)


def test_a_run_that_does_not_fail_cannot_be_shrunk() -> None:
    valid = racy(FromList([]), 0)

    with pytest.raises(ValueError, match="only an INVALID run"):
        shrink(lambda scheduler: racy(scheduler, 0), valid)


def test_hypothesis_drives_the_same_list_and_shrinks_it_to_one_preemption() -> None:
    answers = find(
        st.lists(st.integers(0, 3), max_size=20),
        lambda answers: racy(FromList(answers), 0).verdict is Verdict.INVALID,
        settings=settings(database=None, phases=[Phase.generate, Phase.shrink], derandomize=True),
    )

    assert answers == [0, 1]


def test_hypothesis_finds_nothing_with_the_unique_key() -> None:
    safe = runs(check_then_insert(unique=True))

    with pytest.raises(NoSuchExample):
        find(
            st.lists(st.integers(0, 3), max_size=20),
            lambda answers: safe(FromList(answers), 0).verdict is not Verdict.VALID,
            settings=settings(database=None, max_examples=100, derandomize=True),
        )


@given(st.lists(st.integers(0, 9), max_size=20))
@settings(max_examples=50)
def test_any_list_of_numbers_is_a_run(answers: list[int]) -> None:
    assert racy(FromList(answers), 0).verdict in (Verdict.VALID, Verdict.INVALID)
