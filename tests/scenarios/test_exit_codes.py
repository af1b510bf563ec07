"""Ten or eleven: what must not happen did, or what must happen did not. Every command asks the same place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from booking_core.domain.commands import Entry
from scenarios.cases import stories
from scenarios.cases.ends import NONE, ONE
from scenarios.cases.story import End, told_by
from scenarios.cli.exit_codes import ExitCode, violated
from scenarios.run_status import status_of
from scenarios.scenario import Scenario
from scenarios.storm.faults import TO_CALCOM
from scenarios.storm.fuzzing import ProgramWorld
from scenarios.storm.program import LINES, Act, Program
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.theatre import Theatre
from simulator.adapters.http_faults import DropRequest, Fate, LoseResponse
from simulator.limits import Limits
from simulator.recording import record
from simulator.schedulers.plain import Plain
from simulator.simulation import Simulation
from tests.scenarios.command_line import CommandLine

_BOOK = Act("book")
_LOOK_UPS = 8  # more than are tried


def breaks(fate: Fate) -> Act:
    """The next message to Cal.com meets this fate; what is said last happens first."""
    return Act("break", who=LINES.index("to Cal.com"), amount=TO_CALCOM.index(fate))


# Cal.com's reply to the booking is lost, and so is every look-up: „pending“, a ghost, and nobody who reconciles.
GHOST = Program((*[breaks(DropRequest())] * _LOOK_UPS, breaks(LoseResponse()), _BOOK))
TWO_AT_ONCE = Program(branches=((_BOOK,), (Act("book", who=1),)))


@pytest.mark.parametrize(
    ("safety", "liveness", "status"),
    [(False, False, 0), (False, True, 11), (True, False, 10), (True, True, 10)],
)
def test_what_cannot_be_made_good_again_outranks_what_is_still_to_come(
    safety: bool, liveness: bool, status: int
) -> None:
    assert violated(safety=safety, liveness=liveness) == status


@pytest.mark.parametrize(
    ("program", "profile", "status"), [(GHOST, "recommended", 11), (TWO_AT_ONCE, "unprotected", 10)]
)
def test_a_bundle_ends_with_what_its_checkers_find(
    slotproof: CommandLine, tmp_path: Path, program: Program, profile: str, status: int
) -> None:
    file = tmp_path / "planted.json"
    with Theatre() as theatre:
        world = ProgramWorld(Storm(theatre, StormSettings(profile=profile)), program)
        record(world.run(Plain(), 0), context=world.context).save(file)

    ended = slotproof("replay", str(file))

    assert ended.status == status, ended.out
    assert "10 of 10 replays are equal" in ended.out


async def _waits_for_nobody(simulation: Simulation) -> None:
    await asyncio.Future()


async def _claims(simulation: Simulation) -> None:
    raise AssertionError("two and two are five")


async def _breaks(simulation: Simulation) -> None:
    raise ValueError("the harness itself")


@pytest.mark.parametrize(
    ("world", "status"),
    [(_waits_for_nobody, 11), (_claims, 10), (_breaks, ExitCode.INCONCLUSIVE)],
)
def test_who_hangs_has_not_come_to_an_end(world: object, status: int) -> None:
    simulation = Simulation(world, scheduler=Plain(), limits=Limits(choice_points_min=0))  # type: ignore[arg-type]

    assert status_of(simulation.run()) == status


def planted(told: tuple[str, ...], rows: tuple[tuple[int, int], ...]) -> Scenario:
    """Nobody can be booked, for Cal.com takes no more requests, and the story says that it ends so."""
    (story,) = [story for story in stories.stories() if story.id == "rate-limit"]
    return told_by(replace(story, id="planted", ends=(End("hardened", told, rows, entry=Entry.COLLECT),)))


@pytest.mark.parametrize(
    ("told", "rows", "status", "objection"),
    [
        (("pending",), NONE, 0, "as expected"),
        (("booked",), ONE, 11, "call 1 was told pending, expected booked"),
        (("pending",), ONE, 11, "0 appointments (), expected 1"),
    ],
)
def test_a_scenario_that_has_only_not_ended_yet_is_no_breach_of_safety(
    slotproof: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    told: tuple[str, ...],
    rows: tuple[tuple[int, int], ...],
    status: int,
    objection: str,
) -> None:
    scenario = planted(told, rows)
    monkeypatch.setattr("scenarios.registry.scenarios", lambda: {scenario.id: scenario})

    ended = slotproof("replay", "planted")

    assert ended.status == status, ended.out
    assert objection in ended.out
