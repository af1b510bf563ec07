"""The matrix as JSON values: findings, minimal sufficient subsets, the skew sweep, and every cell."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scenarios.matrix.cells import Cell, Counterexample, name_of
from scenarios.matrix.findings import findings
from scenarios.matrix.runner import Matrix
from scenarios.matrix.sufficiency import minimal, sufficient, views


def document(matrix: Matrix) -> dict[str, Any]:
    """`cells` in the order in which they were asked; layers as lists of numbers."""
    return {
        "findings": [asdict(finding) for finding in findings(matrix)],
        "sufficient": [
            {
                "mode": mode,
                "identity": identity,
                "minimal": [list(layers) for layers in minimal(sufficient(cells))],
                "sufficient": [list(layers) for layers in sufficient(cells)],
            }
            for (mode, identity), cells in views(matrix.cells).items()
        ],
        "layer_1_rejects_at_skew": {str(skew): rejected for skew, rejected in matrix.skews.items()},
        "cells": [_cell(cell) for cell in matrix.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    question = cell.question
    return {
        "scenario": question.scenario,
        "layers": list(question.layers),
        "subset": name_of(question.layers),
        "identity": question.identity,
        "mode": question.mode,
        "verdict": str(cell.verdict),
        "bound": cell.bound,
        "preemptions": cell.preemptions,
        "schedules": cell.schedules,
        "same_as": None if cell.same_as is None else name_of(cell.same_as),
        "reason": cell.reason,
        "command": cell.command,
        **asdict(cell.tally),
        "counterexample": None if cell.counterexample is None else _counterexample(cell.counterexample),
    }


def _counterexample(shown: Counterexample) -> dict[str, Any]:
    """What is needed to run it again; its story is the page's."""
    return {
        "answers": list(shown.answers),
        "seed": shown.seed,
        "deviates": shown.deviates,
        "digest": shown.digest,
        "replays": shown.replays,
    }
