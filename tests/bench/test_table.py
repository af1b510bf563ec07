"""The table tells a promise that is kept from one that is missed."""

from __future__ import annotations

import importlib
import pkgutil

import tests.bench
from tests.bench.table import Part, Row, line, missed


def test_a_missed_promise_is_seen() -> None:
    rows = [
        Row("fast enough", 700, "races/s", at_least=600),
        Row("too slow", 500, "races/s", at_least=600),
        Row("too big", 3, "MB", at_most=2),
        Row("for information", 1, "s"),
    ]

    assert [row.what for row in missed(rows)] == ["too slow", "too big"]
    assert "kept" in line(rows[0])
    assert "MISSED" in line(rows[1])


def test_every_part_is_found() -> None:
    modules = [
        importlib.import_module(f"tests.bench.{each.name}") for each in pkgutil.iter_modules(tests.bench.__path__)
    ]
    parts = [module.PART for module in modules if isinstance(getattr(module, "PART", None), Part)]

    assert {"Races through the ORM", "Virtual time"} <= {part.title for part in parts}
