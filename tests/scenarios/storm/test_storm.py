"""Storms: a seed is a history, `hardened` survives, `deployed` does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.theatre import Theatre
from simulator.checker import Verdict


@pytest.fixture
def hardened() -> Iterator[Storm]:
    with Theatre() as theatre:
        yield Storm(theatre, StormSettings())


def test_hardened_survives(hardened: Storm) -> None:
    for seed in range(25):
        result = hardened.run_seed(seed)

        assert result.verdict is Verdict.VALID, f"seed {seed}: {result.reason}"


def test_a_seed_is_the_same_storm_whatever_came_before(hardened: Storm) -> None:
    forwards = [hardened.run_seed(seed).digest for seed in range(8)]
    backwards = [hardened.run_seed(seed).digest for seed in reversed(range(8))]

    assert forwards == backwards[::-1]
    assert len(set(forwards)) == len(forwards)


def test_storms_have_crashes_faults_and_changes_in_them(hardened: Storm) -> None:
    results = [hardened.run_seed(seed) for seed in range(20)]

    assert any("a gateway crashed" in result.reached for result in results)
    assert any(d.stream == "faults" and d.chosen for result in results for d in result.decisions)
    assert any(op.argument.action == "cancel" for result in results for op in result.history)


def test_a_calm_storm_has_no_faults() -> None:
    with Theatre() as theatre:
        decisions = Storm(theatre, StormSettings(calm=True)).run_seed(3).decisions

    assert not [decision for decision in decisions if decision.stream == "faults"]


def test_deployed_loses_links_and_leaves_ghosts_within_a_hundred_seeds() -> None:
    reasons = []
    with Theatre() as theatre:
        storm = Storm(theatre, StormSettings("deployed"))
        for seed in range(30):
            result = storm.run_seed(seed)
            assert result.verdict is not Verdict.UNKNOWN, f"seed {seed}: {result.reason}"
            reasons.append(result.reason)

    assert any("appointment_id is NULL" in reason for reason in reasons), "766's lost link"
    assert any("a ghost" in reason and "„error“" in reason for reason in reasons), "the late repeat's ghost"


def test_without_any_defence_two_people_get_one_booking() -> None:
    with Theatre() as theatre:
        storm = Storm(theatre, StormSettings("unprotected", calm=True))
        reasons = [storm.run_seed(seed).reason for seed in range(10)]

    assert any("has 2 appointments" in reason for reason in reasons)
