"""The example in the package's README does what the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "simulator" / "README.md"


def test_the_example_prints_what_it_promises(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None

    exec(compile(found[1], str(README), "exec"), {})  # noqa: S102 - the README's own example

    verdict, exploration, sentence = capsys.readouterr().out.splitlines()
    assert verdict == "invalid"
    assert exploration.startswith("violated by schedule")
    assert f"# {sentence}\n" in found[1]


def test_every_file_of_the_engine_is_on_the_map() -> None:
    text = README.read_text(encoding="utf-8")
    files = {path.name for path in README.parent.glob("*.py")} - {"__init__.py"}

    assert {name for name in files if f"`{name}`" not in text} == set()
