"""A storm is told on a lane for each caller and each gateway, with what callers wanted and heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from scenarios.report.html.documents import Failure, RecordedRun, of_failure
from scenarios.storm.program import LINES, Act, Program, ProgramScript
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.storm.world import STARTS_AT
from scenarios.theatre import Theatre
from simulator.schedulers.plain import Plain

TO_GATEWAY = LINES.index("to the gateway")
ANSWER_LOST, BAD_GATEWAY = 0, 5
TWO_GATEWAYS = ((Act("book"), Act("cancel")), (Act("book", who=1, slot=1, gateway=1),))

Told = dict[str, Any]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


def told(theatre: Theatre, *prefix: Act, branches: Sequence[tuple[Act, ...]] = TWO_GATEWAYS) -> Told:
    """The run of a report."""
    program = Program(prefix=prefix, branches=tuple(branches))
    run = Storm(theatre, StormSettings()).play(ProgramScript(program), Plain(), 0)
    recorded = RecordedRun("a run", STARTS_AT, 0.0, run.result.events, run.result.decisions, run.seen, None)
    (only,) = of_failure(Failure("storm", "", "", "", (recorded,)))["runs"]
    return dict(only)


def steps(run: Told, lane: str) -> list[str]:
    """What is said from or to that lane, or noted on it."""
    return [step["label"] for step in run["steps"] if lane in {step["source"], step.get("target")}]


def test_every_caller_and_every_gateway_has_a_lane(theatre: Theatre) -> None:
    lanes = [(lane["id"], lane["name"]) for lane in told(theatre)["lanes"]]

    assert sorted(lanes[:3]) == [("call-1", "Erika Erste"), ("call-2", "Zacharias Zweiter"), ("call-3", "Erika Erste")]
    assert [lane for lane, _ in lanes[3:]] == ["gateway", "gateway2", "calcom", "database"]


def test_callers_say_what_they_want_and_what_they_heard(theatre: Theatre) -> None:
    run = told(theatre)

    assert steps(run, "call-2") == ["wants 09:15", "hears „Ihr Termin am 10.10.2025 um 09:15 Uhr ist gebucht.“"]
    assert steps(run, "call-3")[0] == "calls again and cancels"
    assert {step.get("target") for step in run["steps"] if step["source"] == "call-2"} == {"gateway2"}


def test_a_layers_word_and_its_numbers_stand_at_the_gateway_that_heard_it(theatre: Theatre) -> None:
    verdicts = [step for step in told(theatre)["steps"] if step["kind"] == "verdict"]

    assert {step["source"] for step in verdicts} == {"gateway", "gateway2"}
    assert any("threshold 30 s" in step["detail"] for step in verdicts if step["label"].startswith("layer 1"))


def test_a_crash_and_the_silence_after_it_are_seen(theatre: Theatre) -> None:
    run = told(theatre, Act("crash", amount=30), branches=[(Act("book"),)])

    assert {"gateway crashes", "gateway restarts"} <= set(steps(run, "gateway"))
    assert steps(run, "call-1")[:3] == ["wants 09:00", "gets no answer", "Retell sends it again"]


@pytest.mark.parametrize("fate", [ANSWER_LOST, BAD_GATEWAY], ids=["its answer is lost", "somebody else answers"])
def test_what_goes_wrong_on_the_way_stays_on_its_callers_lane(theatre: Theatre, fate: int) -> None:
    run = told(theatre, Act("break", who=TO_GATEWAY, amount=fate), branches=[(Act("book"),)])

    assert "retell" not in {lane["id"] for lane in run["lanes"]}
    assert steps(run, "call-1")[-1].startswith("hears „Ihr Termin")
