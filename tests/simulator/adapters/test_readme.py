"""The first thing a reader copies runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

README = Path(__file__).parents[3] / "simulator" / "adapters" / "README.md"


def test_the_example_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None

    exec(example[1].replace("range(100)", "range(4)"), {})  # noqa: S102

    verdicts = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert verdicts == ["valid"] * 4
