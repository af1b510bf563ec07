"""The matrix as a file: closed to the network, to scripts, and to markup that comes with data."""

from __future__ import annotations

import re
from pathlib import Path

from scenarios.matrix.cells import Cell, CellVerdict, Counterexample, Question, every_subset
from scenarios.matrix.page import page
from scenarios.matrix.runner import Matrix


def test_the_policy_allows_no_request_and_no_script(matrix_page: Path) -> None:
    text = matrix_page.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"https?://|<script|<link|@import|url\(| style=", text)


def test_what_a_run_says_never_becomes_markup() -> None:
    table = {"title": "<x-title>", "columns": ["<x-column>"], "rows": [["<x-cell>"]]}
    step = {"kind": "note", "at_ms": 0.0, "source": "x", "label": "<x-label>", "detail": "<x-detail>"}
    story = {"lanes": [{"id": "x", "name": "<x-lane>", "note": ""}], "steps": [step], "tables": [table]}
    shown = Counterexample((), 0, "<x-order>", "d", replays=True, story=story)
    cells = tuple(
        Cell(
            Question("<x-scenario>", layers, "shared", "begin"),
            CellVerdict.VIOLATED,
            "",
            "<x-reason>",
            "<x-command>",
            counterexample=shown,
        )
        for layers in every_subset()
    )

    made = page(Matrix(cells, {}))

    assert "<x-" not in made
    assert made.count("&lt;x-cell&gt;") == 16
