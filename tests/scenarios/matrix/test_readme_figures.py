"""The READMEs count the cells that the matrix asks for (how many are violated, only `slotproof matrix` can tell)."""

from __future__ import annotations

import re
from pathlib import Path

from booking_core.storage.engines import SqliteMode
from scenarios.matrix.runner import SCENARIOS, questions

ROOT = Path(__file__).parents[3]
IN_SHORT = r"plays (\d+) scenarios under all 16 subsets [^:]*: ([\d,]+) cells, of which (\d+) break"
IN_FULL = r"([\d,]+) cells on SQLite \((\d+) scenarios[^:]*: ([\d,]+) proved, (\d+) violated, none\s+inconclusive"


def figures(sentence: str, readme: str) -> list[int]:
    """The figures in a sentence of a README."""
    found = re.search(sentence, (ROOT / readme).read_text(encoding="utf-8"))
    assert found is not None, f"{readme} has no sentence like {sentence}"
    return [int(figure.replace(",", "")) for figure in found.groups()]


def test_the_readmes_count_the_cells_that_are_asked_for_and_agree() -> None:
    asked = sum(map(len, questions(list(SqliteMode), {}, SCENARIOS)))

    scenarios, cells, broken = figures(IN_SHORT, "README.md")
    cells_in_full, scenarios_in_full, proved, violated = figures(IN_FULL, "scenarios/matrix/README.md")

    assert (scenarios, cells) == (scenarios_in_full, cells_in_full) == (len(SCENARIOS), asked)
    assert broken == violated == cells - proved
