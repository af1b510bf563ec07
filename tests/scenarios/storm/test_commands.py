"""`slotproof sweep` and `slotproof fuzz` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.command_line import CommandLine


@pytest.fixture
def slotproof(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capsys)


def test_a_sweep_that_survives_says_so_and_is_not_run_again(slotproof: CommandLine) -> None:
    words = ("sweep", "--seeds", "0:8", "--processes", "1", "--json", "sweep.json")
    first = slotproof(*words)
    facts = Path("sweep.json").read_text()
    ledger = next(Path(".slotproof").glob("sweep-*.jsonl")).read_text()

    again = slotproof(*words)

    assert first.status == again.status == 0
    assert "the canary failed, as it must" in first.out
    assert "8 storms: 8 valid" in first.out
    assert json.loads(facts)["range"] == [0, 8]
    assert Path("sweep.json").read_text() == facts
    assert next(Path(".slotproof").glob("sweep-*.jsonl")).read_text() == ledger


def test_a_violation_is_written_to_a_file_that_replays(slotproof: CommandLine) -> None:
    found = slotproof("sweep", "--seeds", "0:1", "--profile", "deployed", "--processes", "1")

    replayed = slotproof("replay", "slotproof-storm-deployed-0.json")

    assert found.status == replayed.status == 10
    assert found.out.rstrip().endswith("see it again: slotproof replay slotproof-storm-deployed-0.json")
    assert "10 of 10 replays are equal" in replayed.out


def test_a_fuzz_that_finds_nothing_claims_nothing(slotproof: CommandLine) -> None:
    ended = slotproof("fuzz", "--examples", "3", "--json", "fuzz.json")

    assert ended.status == 0
    assert "that proves nothing" in ended.out
    assert json.loads(Path("fuzz.json").read_text())["programs"] == 6


@pytest.mark.parametrize(
    "words",
    [
        ("sweep", "--seeds", "9:1"),
        ("sweep", "--profile", "perfect"),
        ("sweep", "--sqlite-mode", "fast"),
        ("fuzz", "--kind", "sideways"),
        ("fuzz", "--without", "5"),
    ],
)
def test_wrong_words_are_told_in_one_line(words: tuple[str, ...], slotproof: CommandLine) -> None:
    ended = slotproof(*words)

    assert ended.status == 2
    assert ended.err.startswith("slotproof: --")
    assert ended.err.count("\n") == 1
