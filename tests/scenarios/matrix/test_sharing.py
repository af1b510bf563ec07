"""Subsets that behave alike share their schedules, and only those do."""

from __future__ import annotations

import pytest

from scenarios.matrix.cells import Cell, CellVerdict, Question, every_subset
from scenarios.matrix.measure import Effort, fill
from scenarios.matrix.sharing import fill_alike, twin_of
from scenarios.registry import find
from scenarios.theatre import Theatre
from simulator.explore import random_scheduler

Layers = tuple[int, ...]


def asked(layers: Layers, mode: str = "immediate") -> Question:
    return Question("two-callers", layers, "shared", mode)


def searched(layers: Layers, inert: Layers) -> Cell:
    return Cell(asked(layers), CellVerdict.PROVED, "", "", "", inert=inert)


@pytest.mark.parametrize(
    ("layers", "mode", "is_shared"),
    [
        ((2, 3, 4), "immediate", True),
        ((1, 3, 4), "immediate", False),  # Layer 2 decided something
        ((2, 3), "immediate", False),  # Layer 4 does more than look
        ((1, 2, 3, 4), "immediate", False),
        ((2, 3, 4), "begin", False),
    ],
)
def test_only_a_subset_without_layers_that_decided_nothing_shares(layers: Layers, mode: str, is_shared: bool) -> None:
    filled = [searched((1, 2, 3, 4), inert=(1,))]

    assert (twin_of(asked(layers, mode), filled) is not None) is is_shared


@pytest.mark.parametrize("mode", ["legacy", "begin", "immediate"])
@pytest.mark.parametrize("without", [(2, 4), (3,), ()])
def test_without_a_layer_that_decides_nothing_every_schedule_is_the_same_byte_for_byte(
    mode: str, without: Layers
) -> None:
    with_layer_1 = (1, *without)
    race = find("two-callers")
    with Theatre() as theatre:
        for seed in range(4):
            runs = [
                theatre.run(race, asked(layers, mode).settings, random_scheduler(seed, 100), seed)
                for layers in (with_layer_1, without)
            ]

            assert not any(word.deciding and word.layer == 1 for word in runs[0].seen.layers)
            assert runs[0].result.digest == runs[1].result.digest
            assert runs[0].result.decisions == runs[1].result.decisions


def test_a_shared_counterexample_is_run_again_under_the_smaller_subsets_own_settings() -> None:
    with Theatre() as theatre:
        twin = fill(theatre, asked((1, 4)), Effort(schedules=40))
        alike = fill_alike(theatre, asked((4,)), twin)

    assert (twin.verdict, alike.verdict) == (CellVerdict.VIOLATED, CellVerdict.VIOLATED)
    assert alike.same_as == (1, 4)
    assert alike.counterexample is not None
    assert alike.counterexample.replays
    assert alike.command == twin.command.replace("--without 2", "--without 1 --without 2")


def test_no_subset_shares_with_itself_or_with_a_smaller_one() -> None:
    filled = [searched((2, 4), inert=(2,))]

    assert [layers for layers in every_subset() if twin_of(asked(layers), filled)] == [(4,)]
