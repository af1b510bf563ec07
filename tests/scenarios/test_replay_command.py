"""`slotproof replay` and `list`, as a user sees them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scenarios.registry import recorded
from tests.scenarios.command_line import CommandLine

CASES = sum(len(scenario.cases) for scenario in recorded().values())
ROOT = Path(__file__).parents[2]


def test_both_incidents_and_the_four_tests_end_as_expected(slotproof: CommandLine) -> None:
    ended = slotproof("replay")

    assert ended.status == 0
    assert f"{CASES} of {CASES} replays ended as expected" in ended.out
    assert "Layer 3 stops the row, not the falsehood" in ended.out


def test_a_violation_ends_with_the_command_that_shows_it_again(slotproof: CommandLine) -> None:
    words = ["replay", "687-688", "--profile", "hardened", "--identity", "shared"]
    words += [word for layer in "1234" for word in ("--without", layer)]

    ended = slotproof(*words)

    assert ended.status == 10
    last = ended.out.splitlines()[-1]
    assert last.startswith("see it again: slotproof replay 687-688 --profile hardened")
    again = slotproof(*last.removeprefix("see it again: slotproof ").split())
    assert (again.status, again.out.splitlines()[-1]) == (10, last)


@pytest.mark.parametrize("skew", ["10", "0"])
def test_a_wrong_skew_is_named(slotproof: CommandLine, skew: str) -> None:
    ended = slotproof("replay", "687-688", "--skew", skew)

    assert ended.status == 10
    assert "cannot come out with these clocks" in ended.out


def test_the_replay_says_which_layer_did_it(slotproof: CommandLine) -> None:
    ended = slotproof("replay", "687-688", "--profile", "hardened", "--identity", "shared", "--without", "1")

    assert ended.status == 0
    assert "layer 2 turned the answer to call 688 down: foreign_call" in ended.out


def test_json_is_written_whole(slotproof: CommandLine, tmp_path: Path) -> None:
    target = tmp_path / "replays.json"

    ended = slotproof("replay", "682-766", "--json", str(target))

    replays = json.loads(target.read_text())["replays"]
    assert ended.status == 0
    assert [(one["profile"], one["entry"]) for one in replays] == [
        ("unprotected", "collect"),
        ("deployed", "collect"),
        ("deployed", "after_call"),
        ("recommended", "collect"),
        ("hardened", "collect"),
    ]


def test_a_file_keeps_the_rows(slotproof: CommandLine, tmp_path: Path) -> None:
    target = tmp_path / "rows.db"

    ended = slotproof("replay", "687-688", "--profile", "recommended", "--database", f"file:{target}")

    with closing(sqlite3.connect(target)) as connection:
        kept = connection.execute("SELECT id, call_id FROM appointments").fetchall()
    assert (ended.status, kept) == (0, [(642, 687)])


@pytest.mark.server_database
@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_the_incidents_end_the_same_on_a_real_server(
    slotproof: CommandLine, server: str, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue(server)

    ended = slotproof("replay", "--database", url)

    assert f"{CASES} of {CASES} replays ended as expected" in ended.out
    assert ended.status == 0


def test_two_processes_and_two_hash_seeds_give_one_digest(tmp_path: Path) -> None:
    digests = []
    for hash_seed in ("0", "4711"):
        target = tmp_path / f"{hash_seed}.json"
        words = [sys.executable, "-m", "scenarios", "replay", "--json", str(target)]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run(words, cwd=ROOT, env=environment, check=True, capture_output=True)
        digests.append([one["digest"] for one in json.loads(target.read_text())["replays"]])

    assert digests[0] == digests[1]
    assert len(set(digests[0])) >= CASES - 2  # two of the four tests are the same run when unprotected


def test_list_names_every_scenario_and_profile(slotproof: CommandLine) -> None:
    ended = slotproof("list")

    assert ended.status == 0
    for name in ("687-688", "682-766", "stale", "unprotected", "deployed", "recommended", "hardened"):
        assert name in ended.out
