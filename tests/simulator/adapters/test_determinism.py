"""A run with everything in it is a function of its seed, and every kind of leak is found and named."""

from __future__ import annotations

import pytest

from simulator.checker import Verdict
from simulator.determinism import check, check_here
from simulator.errors import FenceError
from tests.simulator.adapters import busy_world

SEEDS = range(200)


def test_two_hundred_seeds_are_the_same_here_elsewhere_and_under_other_hash_seeds() -> None:
    leaks = check("tests.simulator.adapters.busy_world:run_seed", SEEDS)

    assert [str(leak) for leak in leaks] == []


def test_the_world_is_worth_the_check() -> None:
    """The seeds differ from each other, decisions are asked for, and every fault and outcome occurs."""
    results = [busy_world.run_seed(seed) for seed in range(20)]
    decisions = {decision.option for result in results for decision in result.decisions}

    assert {result.verdict for result in results} == {Verdict.VALID}
    assert len({result.digest for result in results}) == 20
    assert min(result.choice_points for result in results) > 20
    assert {repr(fault) for fault in busy_world.FAULTS} <= decisions


@pytest.mark.parametrize("kind", ["time", "entropy", "id_order"])
def test_a_leak_that_no_fence_sees_is_found_by_running_twice(kind: str) -> None:
    leaks = check_here(getattr(busy_world, f"leak_{kind}"), range(3))

    assert leaks
    assert leaks[0].difference is not None
    assert leaks[0].difference.first is not None
    assert leaks[0].difference.first.kind == "leak"


def test_the_order_of_a_set_of_strings_is_found_by_another_hash_seed() -> None:
    leaks = check("tests.simulator.adapters.busy_world:leak_set_order", [1])

    assert leaks
    assert "PYTHONHASHSEED" in leaks[0].how
    assert "vip" in str(leaks[0])


@pytest.mark.parametrize("kind", ["thread", "socket"])
def test_a_leak_that_a_fence_sees_is_refused_at_the_call_site(kind: str) -> None:
    result = getattr(busy_world, f"leak_{kind}")(1)

    assert result.verdict is Verdict.UNKNOWN
    assert isinstance(result.error, FenceError)
    assert "busy_world.py" in str(result.error)
