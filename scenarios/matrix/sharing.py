"""Subsets that behave alike share their schedules: one search fills several cells.

Layers 1 and 2 only look at Cal.com's answer: they ask nobody and write nothing. Where such a layer decided nothing in
any schedule of a search, the search without it runs the same schedules, one for one, to the same ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenarios.matrix.cells import Cell, Question
from scenarios.matrix.counterexamples import run_again
from scenarios.matrix.measure import explore_command_of
from scenarios.registry import find
from scenarios.theatre import Theatre


def twin_of(question: Question, filled: Iterable[Cell]) -> Cell | None:
    """A filled cell that differs from the question by layers which decided nothing there."""
    return next((cell for cell in filled if _behaves_as(question, cell)), None)


def fill_alike(theatre: Theatre, question: Question, twin: Cell) -> Cell:
    """The twin's findings as this question's; a counterexample is run again under this question's own settings."""
    command = _command_of(question, twin)
    cell = replace(twin, question=question, command=command, same_as=twin.same_as or twin.question.layers)
    if twin.counterexample is None:
        return cell
    shown, reason = run_again(theatre, find(question.scenario), question.settings, twin.counterexample)
    return replace(cell, counterexample=shown, reason=reason)


def _behaves_as(question: Question, cell: Cell) -> bool:
    here, there = set(question.layers), set(cell.question.layers)
    return (
        here < there
        and there - here <= set(cell.inert)
        and replace(question, layers=cell.question.layers) == cell.question
    )


def _command_of(question: Question, twin: Cell) -> str:
    """The twin's search, under this question's settings."""
    return explore_command_of(question, twin.command[twin.command.index("--strategy") :].split())
