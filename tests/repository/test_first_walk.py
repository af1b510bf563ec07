"""The README's first walk: its planted bug is there to be planted, and `explore` finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.mutants.mutant import CommandCheck, Mutant
from scenarios.mutants.workshop import Fate, Workshop, workshop

ROOT = Path(__file__).parents[2]
WALK = (ROOT / "README.md").read_text(encoding="utf-8").split("## A first walk")[1].split("\n## ")[0]
LAYER_2 = "booking_core/defences/call_identity.py"


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    with workshop(ROOT) as opened:
        yield opened


def planted_by_the_walk() -> tuple[str, str]:
    found = re.search(r"```python\n\s+(.+)  # before\n\s+(.+)  # after\n", WALK)
    assert found is not None
    return found[1], found[2]


def test_the_command_of_the_walk_finds_the_bug_of_the_walk(shop: Workshop) -> None:
    before, after = planted_by_the_walk()
    (words,) = re.findall(r"```\n\s+slotproof (explore .+)\n", WALK)
    check = CommandCheck(words, quiet=12)

    result = shop.try_one(Mutant("first-walk", LAYER_2, before, after, "any call id is ours", check))

    assert result.fate is Fate.KILLED, result.ended.last_words
    assert "no falsehood" in result.ended.last_words
    assert "slotproof replay slotproof-two-callers-" in result.ended.last_words
