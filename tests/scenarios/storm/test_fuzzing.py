"""Hypothesis writes programs for the whole system: they hold, and what does not is found and shown again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given

from scenarios.explorable import world_of
from scenarios.storm.fuzzing import (
    ProgramFailedError,
    ProgramWorld,
    check,
    find_failure,
    fuzz_in_parallel,
    fuzz_sequentially,
    programs,
)
from scenarios.storm.program import Act, Program, program_from_json
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.theatre import Theatre
from simulator.schedulers.plain import Plain

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


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.mark.parametrize("fuzz", [fuzz_sequentially, fuzz_in_parallel])
def test_hardened_holds(fuzz: Callable[[Storm, int, Path | None], None], theatre: Theatre) -> None:
    failed = find_failure(fuzz, Storm(theatre, StormSettings()), 15, None)

    assert failed is None, f"{failed}\n{failed.program.in_words()}"


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
