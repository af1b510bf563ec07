"""`slotproof explore`, `shrink` and `replay BUNDLE`: three verdicts, one file, ten equal replays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.command_line import CommandLine

LAYER_3_ALONE = ["--identity", "shared", "--without", "1", "--without", "2", "--without", "4"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def bundle_in(folder: Path) -> Path:
    (found,) = folder.glob("slotproof-*.json")
    return found


def test_layer_3_alone_is_a_race_with_a_counterexample_of_one_deviation(slotproof: CommandLine, tmp_path: Path) -> None:
    ended = slotproof("explore", "two-callers", *LAYER_3_ALONE, "--schedules", "200")

    bundle = json.loads(bundle_in(tmp_path).read_text())
    deviations = [decision for decision in bundle["recording"]["decisions"] if decision[3]]
    assert ended.status == 10
    assert "violated by schedule" in ended.out
    assert len(deviations) == 1
    assert bundle["replays"] == "10 of 10"
    assert ended.out.splitlines()[-1] == f"see it again: slotproof replay {bundle_in(tmp_path).name}"


def test_a_recorded_failure_is_replayed_and_shrunk_again(slotproof: CommandLine, tmp_path: Path) -> None:
    slotproof("explore", "two-callers", *LAYER_3_ALONE, "--schedules", "200")
    name = bundle_in(tmp_path).name

    shrunk, replayed = slotproof("shrink", name), slotproof("replay", name)

    assert shrunk.status == 0
    assert "the smallest run: plain order except" in shrunk.out
    assert replayed.status == 10
    assert "10 of 10 replays are equal to the recorded run" in replayed.out
    assert "no falsehood: invalid" in replayed.out


def test_a_recording_whose_run_has_changed_is_called_diverged(slotproof: CommandLine, tmp_path: Path) -> None:
    slotproof("explore", "two-callers", *LAYER_3_ALONE, "--schedules", "200")
    path = bundle_in(tmp_path)
    bundle = json.loads(path.read_text())
    bundle["recording"]["context"]["without"] = []
    path.write_text(json.dumps(bundle))

    ended = slotproof("replay", path.name)

    assert ended.status == 13
    assert "diverged" in ended.out


def test_with_all_layers_every_schedule_up_to_the_bound_holds(slotproof: CommandLine, tmp_path: Path) -> None:
    words = ["explore", "two-callers", "--identity", "shared", "--strategy", "exhaustive", "--preemptions", "0"]

    ended = slotproof(*words, "--json", "verdict.json")

    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert ended.status == 0
    assert (verdict["verdict"], verdict["bound"]) == ("proved", "bound 0")


@pytest.mark.parametrize("strategy", ["random", "pct"])
def test_random_search_never_proves(slotproof: CommandLine, strategy: str) -> None:
    ended = slotproof("explore", "one-caller-twice", "--identity", "shared", "--strategy", strategy, "--schedules", "5")

    assert ended.status == 12
    assert "inconclusive after 5 schedules" in ended.out


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("not json", "cannot be read as a recording"),
        ("{}", "expected format"),
        ('{"recording": []}', "expected format"),
    ],
)
def test_a_file_that_is_no_recording_is_named(slotproof: CommandLine, tmp_path: Path, content: str, line: str) -> None:
    (tmp_path / "bundle.json").write_text(content)

    ended = slotproof("replay", "bundle.json")

    assert ended.status == 2
    assert line in ended.err


def test_an_unknown_strategy_is_wrong_use(slotproof: CommandLine) -> None:
    ended = slotproof("explore", "two-callers", "--strategy", "luck")

    assert (ended.status, ended.err) == (2, "slotproof: --strategy luck: expected one of random, pct, exhaustive\n")
