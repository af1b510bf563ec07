"""`slotproof matrix`: sixteen subsets, three verdicts, and a command behind every „no“ that shows it again."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from scenarios.matrix.cells import Cell, CellVerdict, Question, Tally, every_subset
from scenarios.matrix.findings import findings
from scenarios.matrix.measure import Effort, count, false_rejections, fill, ghosts
from scenarios.matrix.runner import Matrix, questions
from scenarios.matrix.sufficiency import minimal, sufficient
from scenarios.observation import LayerWord, Observation
from scenarios.theatre import Theatre
from tests.scenarios.command_line import CommandLine

SMALL = ["--modes", "immediate", "--scenario", "687-688", "--scenario", "gateway-31s-ahead"]


@pytest.fixture
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_small_matrix_is_told_written_and_every_sampled_no_replays(
    slotproof: CommandLine, in_an_empty_folder: Path
) -> None:
    ended = slotproof("matrix", *SMALL, "--html", "m.html", "--json", "m.json")

    made = json.loads((in_an_empty_folder / "m.json").read_text())
    cells = {(c["scenario"], c["subset"], c["identity"]): c for c in made["cells"]}
    assert ended.status == 0, ended.err
    assert len(cells) == 2 * 2 * 16
    assert cells["687-688", "none", "shared"]["verdict"] == "violated"
    assert {c["verdict"] for key, c in cells.items() if key[1] != "none"} == {"proved"}
    assert any("Layer 1 turns down the caller's own booking in gateway-31s-ahead" in line for line in made["findings"])
    assert any(line.startswith("from 31 s that the gateway's clock is ahead") for line in made["findings"])
    _no_network(in_an_empty_folder / "m.html")
    assert slotproof(*shlex.split(cells["687-688", "none", "shared"]["command"])[1:]).status == 10


def test_a_race_that_breaks_layer_4_alone_is_found_again_by_its_command(
    slotproof: CommandLine, in_an_empty_folder: Path
) -> None:
    with Theatre() as theatre:
        found = fill(theatre, Question("two-callers", (4,), "shared", "immediate"), Effort(schedules=40))

    again = slotproof(*shlex.split(found.command)[1:])

    assert (found.verdict, found.tally.falsehoods) == (CellVerdict.VIOLATED, 1)
    assert again.status == 10
    assert list(in_an_empty_folder.glob("slotproof-two-callers-*.json"))


def test_all_layers_hold_a_race_up_to_the_bound_that_the_cell_names() -> None:
    with Theatre() as theatre:
        found = fill(theatre, Question("two-callers", (1, 2, 3, 4), "shared", "immediate"), Effort(schedules=3))

    assert found.verdict is CellVerdict.PROVED
    assert found.bound.startswith("bound 0, over 2 schedules")
    assert found.tally.correct == found.tally.runs == 5


def _no_network(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?://|<script|<link|@import|url\(", text)
    assert "<summary" in text
    assert "slotproof replay 687-688" in text


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--modes", "oracle"], "--modes oracle: expected some of legacy, begin, immediate, postgres, mariadb"),
        (["--modes", "postgres"], "--modes postgres: expected --postgres with the URL of a server, too"),
        (["--scenario", "nothing"], "--scenario nothing: expected the id of a scenario"),
        (["--html", "nowhere/m.html"], "cannot write nowhere/m.html"),
    ],
)
def test_wrong_words_are_named(slotproof: CommandLine, in_an_empty_folder: Path, words: list[str], line: str) -> None:
    ended = slotproof("matrix", *words)

    assert (ended.status, line in ended.err) == (2, True), ended.err


def cell(layers: tuple[int, ...], verdict: CellVerdict, scenario: str = "two-callers", **seen: Any) -> Cell:
    return Cell(Question(scenario, layers, "shared", "immediate"), verdict, "", "", "", Tally(**seen))


def test_the_smallest_sufficient_subsets_contain_no_other() -> None:
    good = {(2, 4), (1, 2, 4), (2, 3, 4), (1, 2, 3, 4), (1, 3, 4)}
    cells = [cell(layers, CellVerdict.PROVED if layers in good else CellVerdict.VIOLATED) for layers in every_subset()]

    assert minimal(sufficient(cells)) == [(2, 4), (1, 3, 4)]


def test_one_violated_scenario_refutes_a_subset() -> None:
    cells = [cell((1,), CellVerdict.PROVED), cell((1,), CellVerdict.VIOLATED, scenario="687-688")]

    assert (1,) not in sufficient(cells)


def test_findings_name_what_only_layer_4_stops_and_what_layer_1_turns_down() -> None:
    cells = (
        cell((1,), CellVerdict.PROVED, scenario="gateway-31s-ahead", false_rejections=1),
        cell((1, 2, 3), CellVerdict.VIOLATED, duplicates=1),
        cell((1, 2, 3, 4), CellVerdict.PROVED),
    )

    said = " ".join(findings(Matrix(cells, {-40: True, -31: True, -30: False})))

    assert "Layer 1 turns down the caller's own booking in gateway-31s-ahead" in said
    assert "only Layer 4 stops two-callers" in said
    assert "from 31 s that the gateway's clock is ahead" in said


def booked_at_calcom() -> Observation:
    return Observation(
        calls=[{"id": 1, "retell_call_id": "call_1", "customer_id": 1, "appointment_id": None}],
        bookings=[{"uid": "u", "status": "accepted", "metadata": {"call_id": "call_1"}, "attendees": []}],
    )


def test_a_booking_without_a_row_is_a_ghost() -> None:
    seen, tally = booked_at_calcom(), Tally()

    count(seen, tally)

    assert (ghosts(seen), tally.ghosts) == (["u"], 1)


def test_turning_down_the_calls_own_booking_is_a_false_rejection() -> None:
    seen = booked_at_calcom()
    seen.layers = [LayerWord(call_id=1, layer=1, verdict="stale", reason="", deciding=True)]

    assert false_rejections(seen) == [1]


def test_a_server_is_asked_with_the_shared_identity_only() -> None:
    batches = questions(["immediate", "postgres"], {"postgres": "postgresql+asyncpg://x@y/z"}, ["687-688"])

    assert [(batch[0].mode, batch[0].identity) for batch in batches] == [
        ("immediate", "shared"),
        ("immediate", "per_call"),
        ("postgres", "shared"),
    ]
