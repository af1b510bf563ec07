"""The self-check finds what no fence can see, and names the first event that differs."""

from __future__ import annotations

import io
import json

import pytest

from simulator.determinism import check, check_here, find, main
from tests.simulator import leaky

LEAKY = "tests.simulator.leaky"


def test_two_hundred_seeds_run_twice_are_the_same_runs() -> None:
    assert check_here(leaky.honest, range(200)) == []


def test_an_honest_world_is_the_same_in_other_processes_under_other_hash_seeds() -> None:
    assert check(f"{LEAKY}:honest", range(10)) == []


@pytest.mark.parametrize(
    "leak", ["order_of_a_set_of_objects", "real_clock_by_an_early_alias", "state_kept_between_runs"]
)
def test_a_planted_leak_is_found_in_one_process_and_named(leak: str) -> None:
    leaks = check_here(find(f"{LEAKY}:{leak}"), range(20))

    assert leaks
    assert "twice in one process" in str(leaks[0])
    assert " app " in str(leaks[0])


def test_the_order_of_a_set_of_strings_is_found_under_another_hash_seed() -> None:
    target = f"{LEAKY}:order_of_a_set_of_strings"

    leaks = check(target, [1], hash_seeds=("1", "2", "3"))

    assert check_here(find(target), [1]) == []
    assert leaks
    assert "PYTHONHASHSEED=" in str(leaks[0])
    assert "'vip'" in str(leaks[0])


def test_the_command_prints_a_digest_a_seed() -> None:
    out = io.StringIO()

    main([f"{LEAKY}:honest", "1", "2", "--ballast", "10"], out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["seed"] for line in lines] == [1, 2]
    assert lines[0]["digest"] == leaky.honest(1).digest


@pytest.mark.parametrize("target", ["", "nowhere:run", f"{LEAKY}:nothing", f"{LEAKY}:LEAKY_NAME", "json:__doc__"])
def test_a_target_that_is_no_function_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=r"package\.module:function|is not a function"):
        find(target)


def test_a_process_that_fails_is_reported_with_its_words() -> None:
    with pytest.raises(RuntimeError, match="ballast"):
        check(f"{LEAKY}:honest", [], hash_seeds=("0",))
