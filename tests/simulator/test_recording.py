"""Recordings and bundles: a file is enough to see the run again, and to notice when it is another one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from simulator.bundle import Origin, make_bundle, verify
from simulator.checker import Verdict
from simulator.errors import RecordingError, ReplayDivergedError
from simulator.explore import Violated, explore_randomly
from simulator.recording import Recording, load, record
from simulator.schedulers import FromList
from tests.simulator.worlds import check_then_insert, racy, runs

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Scheduler
    from simulator.simulation import RunResult

ORIGIN = Origin(
    target="tests.simulator.worlds:racy",
    command="slotproof replay bundle.json",
    context={"scenario": "two callers"},
    evidence=lambda result: {"verdict of the shrunk run": str(result.verdict)},
)


def run_racy(scheduler: Scheduler) -> RunResult:
    return racy(scheduler, 0)


@pytest.fixture
def recording() -> Recording:
    return record(run_racy(FromList([0, 1])), context={"scenario": "two callers"})


def test_a_recording_survives_its_file_and_replays_to_the_same_digest(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "race.json"
    recording.save(path)

    loaded = load(path)

    assert loaded == recording
    assert verify(run_racy, loaded).digest == recording.digest
    assert loaded.versions["python"]


def test_a_recording_of_other_code_is_refused_where_it_diverges(recording: Recording) -> None:
    def changed(scheduler: Scheduler) -> RunResult:
        return runs(check_then_insert(unique=False, callers=3))(scheduler, 0)

    with pytest.raises(ReplayDivergedError, match="decision 0: recorded was"):
        verify(changed, recording)


def test_a_recording_whose_digest_changed_is_refused(recording: Recording) -> None:
    with pytest.raises(ReplayDivergedError, match="the digest is"):
        verify(run_racy, replace(recording, digest="0" * 32))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot be read"),
        ("[]", "expected format"),
        ('{"format": "other"}', "found 'other'"),
        ('{"format": "slotproof-recording/1"}', "KeyError at 'seed'"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_what_was_expected(
    text: str, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)

    with pytest.raises(RecordingError, match=complaint) as caught:
        load(path)
    assert "broken.json" in str(caught.value)


def test_a_recording_with_an_impossible_decision_is_refused(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    data = recording.to_json()
    data["decisions"][0][3] = 7
    path.write_text(json.dumps(data))

    with pytest.raises(RecordingError, match="7 of 2"):
        load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        load(tmp_path / "nowhere.json")


def test_a_bundle_convinces_a_stranger(tmp_path: Path) -> None:
    found = explore_randomly(racy, range(20))
    assert isinstance(found, Violated)

    bundle = make_bundle(lambda scheduler: racy(scheduler, found.result.seed), found.result, ORIGIN)
    path = tmp_path / "bundle.json"
    bundle.save(path)
    data = json.loads(path.read_text(encoding="utf-8"))

    assert load(path) == bundle.recording
    assert data["replays"] == "10 of 10"
    assert data["sentence"].startswith("plain order except at decision 1")
    assert data["reason"].startswith("AssertionError: 2 appointments in one slot")
    assert data["recording"]["full"]
    assert data["parts_at"].startswith("event ")
    assert [flip["decision"] for flip in data["deciding_decisions"]] == [1]
    assert data["evidence"] == {"verdict of the shrunk run": "invalid"}
    assert not any(data["nearest_passing_run"]["answers"])
    assert data["command"] == "slotproof replay bundle.json"
    assert len(data["logs"]["events"]) > 10


def test_the_generated_regression_test_fails_with_the_bug_and_passes_without() -> None:
    bundle = make_bundle(run_racy, run_racy(FromList([0, 1, 1])), ORIGIN)
    module = ModuleType("regression")
    exec(compile(bundle.regression_test, "test_regression.py", "exec"), module.__dict__)  # noqa: S102 - the product
    test = module.__dict__["test_seed_0_no_longer_fails"]

    with pytest.raises(AssertionError, match="2 appointments"):
        test()

    module.__dict__["racy"] = runs(check_then_insert(unique=True))
    test()


def test_a_failure_that_no_single_decision_decides_has_no_nearest_passing_run() -> None:
    async def always_fails(simulation: object) -> None:
        assert not simulation

    def run(scheduler: Scheduler) -> RunResult:
        return runs(always_fails)(scheduler, 0)

    result = run(FromList([]))
    bundle = make_bundle(run, result, ORIGIN)

    assert result.verdict is Verdict.INVALID
    assert bundle.nearest_passing is None
    assert bundle.deciding == ()
    assert bundle.sentence == "plain order"
