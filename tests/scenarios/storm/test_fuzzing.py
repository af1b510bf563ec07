"""Hypothesis writes programs for the whole system: they hold, and what does not is found and shown again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings

from scenarios.explorable import world_of
from scenarios.observation import Observation
from scenarios.storm.fuzzing import (
    ProgramFailedError,
    ProgramWorld,
    check,
    find_failure,
    fuzz_in_parallel,
    fuzz_sequentially,
    programs,
)
from scenarios.storm.program import Act, Program, ProgramScript, program_from_json
from scenarios.storm.script import Script
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import LIMITS, Storm, StormRun
from scenarios.theatre import Theatre
from simulator.checker import Verdict
from simulator.clock import VirtualTime
from simulator.history import History
from simulator.limits import Limits
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult
from simulator.trace import Trace

EVERYTHING = Program(
    prefix=(
        Act("book", who=0, has_email=True),
        Act("break", who=0, amount=1),
        Act("jump", gateway=1, amount=31),
        Act("book", who=1, slot=1, late=True),
        Act("wait", amount=61),
    ),
    branches=((Act("crash", amount=9), Act("book", who=2)), (Act("cancel", who=0), Act("reschedule", who=1))),
    calcom_skew_s=27.0,
)
AGAIN_AND_AWAY = Program(branches=((Act("book"),), (Act("book"), Act("cancel"))))
TWO_AT_ONCE = Program(branches=((Act("book", who=0),), (Act("book", who=1),)))


FUZZERS = [fuzz_sequentially, fuzz_in_parallel]
PROGRAMS = 60

Fuzz = Callable[..., None]


class QuickStorm(Storm):
    """Runs nothing: a crash breaks whoever has no defences. It notes what it was to play, and who traced that."""

    def __init__(self, theatre: Theatre, chosen: StormSettings) -> None:
        super().__init__(theatre, chosen)
        self.played: list[Program] = []
        self.tracers: set[object] = set()

    def play(self, script: Script, scheduler: Scheduler, seed: int, limits: Limits = LIMITS) -> StormRun:
        del scheduler, limits
        assert isinstance(script, ProgramScript)
        program = script.program
        self.played.append(program)
        self.tracers.add(sys.gettrace())
        acts = [*program.prefix, *(act for branch in program.branches for act in branch)]
        breaks = self.settings.profile == "unprotected" and any(act.kind == "crash" for act in acts)
        verdict = Verdict.INVALID if breaks else Verdict.VALID
        history = History(VirtualTime(), Trace(VirtualTime()))
        return StormRun(RunResult(seed, verdict, (), None, None, "", 0, 0, 0.0, 0.0, history, ()), Observation())


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.fixture
def _in_ci() -> Iterator[None]:
    """Hypothesis as it sets itself up where `CI` is set."""
    before = settings.get_current_profile_name()
    settings.load_profile("ci")
    yield
    settings.load_profile(before)


@pytest.mark.parametrize("fuzz", FUZZERS)
def test_hardened_holds(fuzz: Fuzz, theatre: Theatre) -> None:
    failed = find_failure(partial(fuzz, always_the_same=True), Storm(theatre, StormSettings()), 15, None)

    assert failed is None, f"{failed}\n{failed.program.in_words()}"


@pytest.mark.parametrize("fuzz", FUZZERS)
def test_a_failure_is_tried_first_the_next_time_whatever_held_in_between(
    fuzz: Fuzz, theatre: Theatre, tmp_path: Path
) -> None:
    again = QuickStorm(theatre, StormSettings("unprotected"))

    failed = find_failure(fuzz, QuickStorm(theatre, StormSettings("unprotected")), PROGRAMS, tmp_path)
    held = find_failure(fuzz, QuickStorm(theatre, StormSettings("hardened")), PROGRAMS, tmp_path)
    find_failure(fuzz, again, PROGRAMS, tmp_path)

    assert failed is not None
    assert held is None
    assert again.played[0] == failed.program


@pytest.mark.parametrize("fuzz", FUZZERS)
def test_no_run_is_traced_while_a_failure_is_made_small(fuzz: Fuzz, theatre: Theatre) -> None:
    storm = QuickStorm(theatre, StormSettings("unprotected"))

    failed = find_failure(fuzz, storm, PROGRAMS, None)

    assert failed is not None
    assert storm.tracers == {sys.gettrace()}


@pytest.mark.usefixtures("_in_ci")
@pytest.mark.parametrize("fuzz", FUZZERS)
def test_every_round_tries_other_programs_in_ci_too(fuzz: Fuzz, theatre: Theatre) -> None:
    rounds = [QuickStorm(theatre, StormSettings()) for _ in range(2)]

    for storm in rounds:
        find_failure(fuzz, storm, PROGRAMS, None)

    assert rounds[0].played != rounds[1].played


@given(program=programs())
def test_a_program_survives_being_written_down(program: Program) -> None:
    assert program_from_json(program.to_json()) == program


def test_every_act_can_be_played_and_told(theatre: Theatre) -> None:
    check(Storm(theatre, StormSettings()), EVERYTHING, [1, 0, 2, 1])

    told = EVERYTHING.in_words()

    assert told[0] == "Cal.com's clock is ahead by 27 s"
    assert "branch 1: gateway 1 crashes before its I/O number 9" in told
    assert "branch 2: Zacharias Zweiter calls again to reschedule" in told


def test_two_at_once_break_a_core_without_defences(theatre: Theatre) -> None:
    with pytest.raises(ProgramFailedError, match=r"booking \S+ has 2 appointments"):
        check(Storm(theatre, StormSettings("unprotected")), TWO_AT_ONCE, [])


@pytest.mark.parametrize("order", [[], [1], [0, 1, 0, 1]], ids=["plain", "the other first", "in turns"])
def test_what_branches_are_told_fits_one_order(order: list[int], theatre: Theatre) -> None:
    check(Storm(theatre, StormSettings()), AGAIN_AND_AWAY, order)


def test_a_recorded_program_is_the_same_run_again(theatre: Theatre) -> None:
    world = ProgramWorld(Storm(theatre, StormSettings("unprotected")), TWO_AT_ONCE)
    first = world.run(Plain(), 0)

    again = world_of(theatre, world.context).run(Plain(), 0)

    assert again.digest == first.digest
    assert again.reason == first.reason
