"""The house keeps itself tidy: sizes, docstrings and words are checked, not hoped for."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("simulator", "fake_calcom", "booking_core", "scenarios")
LINES_OF_A_FILE_MAX = 300
LINES_OF_A_FUNCTION_MAX = 50


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in PACKAGES]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_one_purpose_and_fits_on_a_few_screens(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    tree = ast.parse(text)

    assert text.count("\n") <= LINES_OF_A_FILE_MAX
    assert ast.get_docstring(tree), "a module says what it is for"
    long = [f"{node.name}: {length_without_docstring(node)} lines" for node in functions(tree)]
    assert [entry for entry in long if int(entry.split()[-2]) > LINES_OF_A_FUNCTION_MAX] == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_for_later_in_the_sources(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    leftovers = re.findall(r"\b(?:TODO|FIXME|XXX)\b|except Exception:\s*pass|time\.sleep\(", text)

    assert leftovers == []


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_in_the_project() -> None:
    machine = re.compile(
        r"(?:^|[^a-zA-Z.])/(?:wo[r]k|fa[r]m)/|index-[u]rl|\"resolved\": *\"htt[p]|url = \"htt[p][^\"]*(?:whl|tar\.gz)\""
    )

    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix not in {".png", ".gz"}
        for match in [machine.search(path.read_text(encoding="utf-8", errors="replace"))]
        if match
    ]

    assert found == []
