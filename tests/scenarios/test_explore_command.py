"""`slotproof explore`, `shrink` and `replay BUNDLE`: three verdicts, one file, ten equal replays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity
from scenarios.explorable import ScenarioWorld
from scenarios.exploration import Explorer
from scenarios.registry import find
from scenarios.scenario import Settings
from scenarios.theatre import Theatre
from simulator.schedulers.uniform import Uniform
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


def test_a_failure_that_cannot_be_written_is_told_in_one_line(slotproof: CommandLine, tmp_path: Path) -> None:
    words = ("explore", "check-then-insert", "--without", "4", "--strategy", "exhaustive")
    slotproof(*words)
    in_the_way = bundle_in(tmp_path)
    in_the_way.unlink()
    in_the_way.mkdir()

    ended = slotproof(*words)

    assert (ended.status, ended.err) == (2, f"slotproof: cannot write {in_the_way.name}: Is a directory\n")
    assert "violated by schedule" in ended.out


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of Layer 3 alone, as `explore` writes it."""
    path = tmp_path_factory.mktemp("recorded") / "bundle.json"
    off = frozenset({Layer.FRESHNESS, Layer.CALL_IDENTITY, Layer.UNIQUE_BOOKING})
    settings = Settings("hardened", identity=AttendeeIdentity.SHARED, without=off)
    with Theatre() as theatre:
        explorer = Explorer(ScenarioWorld(theatre, find("two-callers"), settings))
        explorer.bundle(explorer.run(Uniform(3), 3), path)
    return path


def test_a_recorded_failure_is_replayed(slotproof: CommandLine, recorded: Path) -> None:
    ended = slotproof("replay", str(recorded))

    assert ended.status == 10
    assert "10 of 10 replays are equal to the recorded run" in ended.out
    assert json.loads(recorded.read_text())["reason"] in ended.out


def test_a_recorded_failure_is_shrunk_again(slotproof: CommandLine, recorded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    copy.write_bytes(recorded.read_bytes())

    ended = slotproof("shrink", str(copy))

    assert ended.status == 0
    assert "the smallest run: plain order except" in ended.out


def test_a_recording_whose_run_has_changed_is_called_diverged(
    slotproof: CommandLine, recorded: Path, tmp_path: Path
) -> None:
    bundle = json.loads(recorded.read_text())
    bundle["recording"]["context"]["without"] = []
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(bundle))

    ended = slotproof("replay", str(changed))

    assert ended.status == 13
    assert "diverged" in ended.out


def test_the_smallest_race_double_books_without_the_key_and_is_cut_to_one_preemption(
    slotproof: CommandLine, tmp_path: Path
) -> None:
    ended = slotproof("explore", "check-then-insert", "--strategy", "exhaustive", "--without", "4")

    bundle = json.loads(bundle_in(tmp_path).read_text())
    assert ended.status == 10
    assert "2 bookings of one slot" in ended.out
    assert [decision[5] for decision in bundle["recording"]["decisions"] if decision[3]] == [True]
    assert bundle["replays"] == "10 of 10"
    assert slotproof("replay", bundle_in(tmp_path).name).status == 10


def test_the_regression_test_of_a_bundle_fails_while_the_failure_is_there(
    slotproof: CommandLine, tmp_path: Path
) -> None:
    slotproof("explore", "check-then-insert", "--without", "4", "--schedules", "50")
    module: dict[str, Any] = {}

    exec(json.loads(bundle_in(tmp_path).read_text())["regression_test"], module)  # noqa: S102 - what it is for

    with pytest.raises(AssertionError, match="2 bookings of one slot"):
        module["test_check_then_insert_holds_in_the_order_that_once_broke_it"]()


def test_with_the_key_every_schedule_of_the_smallest_race_holds(slotproof: CommandLine) -> None:
    ended = slotproof("explore", "check-then-insert", "--strategy", "exhaustive")

    assert ended.status == 0
    assert "proved up to bound 2 over" in ended.out


@pytest.mark.parametrize("mode", ["begin", "immediate"])
def test_a_real_begin_lets_no_seed_double_book(slotproof: CommandLine, mode: str) -> None:
    words = ["explore", "check-then-insert", "--without", "4", "--schedules", "60", "--sqlite-mode", mode]

    assert slotproof(*words).status == 12


def test_with_all_layers_every_schedule_up_to_the_bound_holds(slotproof: CommandLine, tmp_path: Path) -> None:
    words = ["explore", "two-callers", "--identity", "shared", "--strategy", "exhaustive", "--preemptions", "0"]

    ended = slotproof(*words, "--json", "verdict.json")

    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert ended.status == 0
    assert (verdict["verdict"], verdict["bound"]) == ("proved", "bound 0")


def test_layers_2_and_4_hold_in_every_schedule_of_two_callers_with_one_preemption(slotproof: CommandLine) -> None:
    words = ["explore", "two-callers", "--identity", "shared", "--without", "1", "--without", "3", "--sqlite-mode"]

    ended = slotproof(*words, "begin", "--strategy", "exhaustive", "--preemptions", "1", "--schedules", "20000")

    assert ended.status == 0
    assert "proved up to bound 1 over 764 schedules" in ended.out


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
