"""`slotproof matrix`: sixteen subsets, three verdicts, and a command behind every „no“ that shows it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scenarios.cli.exit_codes import ExitCode
from scenarios.cli.matrix_command import status_of
from scenarios.matrix.cells import Cell, CellVerdict, Counterexample, Question, Tally, every_subset
from scenarios.matrix.document import document
from scenarios.matrix.findings import findings
from scenarios.matrix.measure import Effort, fill
from scenarios.matrix.runner import Matrix, Plan, decisive_races, questions, run_matrix
from scenarios.matrix.sufficiency import minimal, sufficient
from scenarios.matrix.tallies import count, false_rejections, ghosts
from scenarios.observation import LayerWord, Observation
from scenarios.theatre import Theatre
from tests.scenarios.command_line import CommandLine

SMALL = ["--modes", "immediate", "--scenario", "687-688", "--scenario", "gateway-31s-ahead"]


@pytest.fixture
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_small_matrix_is_told_written_and_every_no_replays(slotproof: CommandLine, in_an_empty_folder: Path) -> None:
    ended = slotproof("matrix", *SMALL, "--processes", "1", "--html", "m.html", "--json", "m.json")

    made = json.loads((in_an_empty_folder / "m.json").read_text())
    cells = {(c["scenario"], c["subset"], c["identity"]): c for c in made["cells"]}
    unprotected = cells["687-688", "none", "shared"]
    said = [finding["says"] for finding in made["findings"]]
    assert ended.status == 0, ended.err
    assert len(cells) == 2 * 2 * 16
    assert (unprotected["verdict"], unprotected["counterexample"]["replays"]) == ("violated", True)
    assert {c["verdict"] for key, c in cells.items() if key[1] != "none"} == {"proved"}
    assert any("Layer 1 turns down the caller's own booking in gateway-31s-ahead" in line for line in said)
    assert any(line.startswith("from 31 s that the gateway's clock is ahead") for line in said)
    assert "1 of 1 counterexamples replayed to the same violation" in ended.out
    assert "slotproof replay 687-688" in (in_an_empty_folder / "m.html").read_text()
    assert slotproof(*shlex.split(unprotected["command"])[1:]).status == 10


def test_every_counterexample_of_a_race_replays_and_a_command_finds_it_again(
    slotproof: CommandLine, small_matrix: Matrix, in_an_empty_folder: Path
) -> None:
    violated = [cell for cell in small_matrix.cells if cell.verdict is CellVerdict.VIOLATED]
    found = next(cell for cell in violated if cell.question.layers == (3,))

    again = slotproof(*shlex.split(found.command)[1:])

    assert len({cell.question.scenario for cell in violated}) == 2
    assert [cell.command for cell in violated if cell.counterexample is None or not cell.counterexample.replays] == []
    assert again.status == 10
    assert list(in_an_empty_folder.glob("slotproof-two-callers-*.json"))


def test_a_counterexample_that_does_not_replay_is_reported_before_all_else() -> None:
    gone = Counterexample((1,), 0, "plain order except …", "digest", replays=False)
    cells = (
        cell((), CellVerdict.VIOLATED, counterexample=gone),
        cell((1, 2, 3, 4), CellVerdict.VIOLATED),
    )

    assert status_of(Matrix(cells, {})) is ExitCode.REPLAY_DIVERGED
    assert document(Matrix(cells, {}))["cells"][0]["counterexample"]["replays"] is False


@pytest.mark.parametrize(
    ("violated", "status"),
    [
        ([()], ExitCode.AS_EXPECTED),
        ([(1,)], ExitCode.INCONCLUSIVE),
        ([(), (1, 2, 3, 4)], ExitCode.SAFETY_VIOLATED),
        ([], ExitCode.INCONCLUSIVE),
    ],
)
def test_the_status_says_whether_all_layers_hold_and_the_canary_does_not(
    violated: list[tuple[int, ...]], status: ExitCode
) -> None:
    cells = [
        cell(layers, CellVerdict.VIOLATED if layers in violated else CellVerdict.PROVED) for layers in every_subset()
    ]

    assert status_of(Matrix(tuple(cells), {})) is status


def test_all_layers_hold_a_race_up_to_the_bound_that_the_cell_names() -> None:
    with Theatre() as theatre:
        found = fill(theatre, Question("two-callers", (1, 2, 3, 4), "shared", "immediate"), Effort(schedules=3))

    assert found.verdict is CellVerdict.PROVED
    assert found.bound.startswith("bound 0, over 2 schedules")
    assert (found.preemptions, found.schedules) == (0, 2)
    assert found.tally.correct == found.tally.runs == 5


def test_a_race_that_outlasts_its_schedules_is_not_proved() -> None:
    effort = Effort(schedules=1, preemptions=1, schedules_max=9)
    with Theatre() as theatre:
        found = fill(theatre, Question("two-callers", (2, 4), "shared", "immediate"), effort)

    assert (found.verdict, found.preemptions) == (CellVerdict.INCONCLUSIVE, None)
    assert "schedules_max" in found.reason
    assert found.schedules == 9


def test_what_decides_is_looked_at_harder_two_callers_up_to_the_bound_of_the_proof() -> None:
    decisive = {(2, 4), (1, 2, 3, 4)}
    cells = [
        cell(layers, CellVerdict.PROVED if {2, 4} <= set(layers) else CellVerdict.VIOLATED, searched=True)
        for layers in every_subset()
    ]
    plan = Plan(Effort(schedules=10, preemptions=0), proof_preemptions=1)

    assert {question.layers for question in decisive_races(cells)} == decisive
    assert plan.harder(Question("two-callers", (2, 4), "shared", "begin")).preemptions == 1
    assert plan.harder(Question("one-caller-twice", (2, 4), "shared", "begin")).schedules > 10


@contextmanager
def interrupted(_what: str, _total: int) -> Iterator[Callable[[], None]]:
    """Somebody presses Ctrl-C when the first cell is told."""

    def stop() -> None:
        raise KeyboardInterrupt

    yield stop


def test_what_was_not_begun_when_somebody_interrupts_is_not_begun_any_more(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.db" for number in range(12)]
    batches = [[Question("687-688", (2, 4), "shared", "immediate", f"file:{file}")] for file in files]

    with pytest.raises(KeyboardInterrupt):
        run_matrix(batches, Plan(processes=1), interrupted)

    assert files[0].exists()
    assert not files[-1].exists()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--modes", "oracle"], "--modes oracle: expected some of legacy, begin, immediate, postgres, mariadb"),
        (["--modes", "postgres"], "--modes postgres: expected --postgres with the URL of a server, too"),
        (["--scenario", "nothing"], "--scenario nothing: expected the id of a scenario"),
        (["--scenario", "crash-after-commit"], "`slotproof explore crash-after-commit --without 1` shows it"),
        (["--scenario", "check-then-insert"], "`slotproof explore check-then-insert --without 1` shows it"),
        (["--html", "nowhere/m.html"], "cannot write nowhere/m.html"),
    ],
)
def test_wrong_words_are_named(slotproof: CommandLine, in_an_empty_folder: Path, words: list[str], line: str) -> None:
    ended = slotproof("matrix", *words)

    assert (ended.status, line in ended.err) == (2, True), ended.err


def cell(layers: tuple[int, ...], verdict: CellVerdict, scenario: str = "two-callers", **more: Any) -> Cell:
    return Cell(Question(scenario, layers, "shared", "immediate"), verdict, "", "", "", **more)


def test_the_smallest_sufficient_subsets_contain_no_other() -> None:
    good = {(2, 4), (1, 2, 4), (2, 3, 4), (1, 2, 3, 4), (1, 3, 4)}
    cells = [cell(layers, CellVerdict.PROVED if layers in good else CellVerdict.VIOLATED) for layers in every_subset()]

    assert minimal(sufficient(cells)) == [(2, 4), (1, 3, 4)]


def test_one_violated_scenario_refutes_a_subset() -> None:
    cells = [cell((1,), CellVerdict.PROVED), cell((1,), CellVerdict.VIOLATED, scenario="687-688")]

    assert (1,) not in sufficient(cells)


def test_findings_name_what_only_layer_4_stops_and_what_layer_1_turns_down() -> None:
    cells = (
        cell((1,), CellVerdict.PROVED, scenario="gateway-31s-ahead", tally=Tally(false_rejections=1)),
        cell((1, 2, 3), CellVerdict.VIOLATED, tally=Tally(duplicates=1)),
        cell((1, 2, 3, 4), CellVerdict.PROVED),
    )

    said = " ".join(map(str, findings(Matrix(cells, {-40: True, -31: True, -30: False}))))

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


def test_what_has_no_verdict_is_neither_sufficient_nor_stopped() -> None:
    cells = (
        cell((), CellVerdict.VIOLATED),
        cell((2,), CellVerdict.INCONCLUSIVE),
        cell((2,), CellVerdict.PROVED, scenario="687-688"),
        cell((), CellVerdict.VIOLATED, scenario="687-688"),
    )

    said = " ".join(map(str, findings(Matrix(cells, {}))))

    assert "the smallest subsets that nothing refuted" in said
    assert "1 cells are inconclusive" in said
    assert "Layer 2 alone stops 687-688" in said
    assert "stops two-callers" not in said
