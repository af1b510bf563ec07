"""What a planted bug is: data that can be applied to a copy of the tree, and the one check that must notice it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

# A failed test; for a command: safety, liveness, inconclusive, diverged. Wrong use, a crash or "no tests" is no kill.
_PASSED = 0
_NOTICED_BY_TEST = frozenset({1})
_NOTICED_BY_COMMAND = frozenset({10, 11, 12, 13})


class MutantError(Exception):
    """A planted bug or its check cannot be used as it is written; the message says which and why."""


@dataclass(frozen=True, slots=True)
class PytestCheck:
    """One test, as `pytest` names it; a parametrised one stands for all its cases."""

    node: str
    quiet: ClassVar[int] = _PASSED

    @property
    def name(self) -> str:
        """How a report calls it."""
        return self.node

    @property
    def noticing(self) -> frozenset[int]:
        """The exit statuses by which it says that something is wrong."""
        return _NOTICED_BY_TEST

    def command(self) -> list[str]:
        """The words of its process."""
        return [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:randomly", self.node]


@dataclass(frozen=True, slots=True)
class CommandCheck:
    """One `slotproof` command, which ends with `quiet` when nothing is planted (random search never proves: 12)."""

    words: str
    quiet: int = _PASSED

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"slotproof {self.words}"

    @property
    def noticing(self) -> frozenset[int]:
        """The exit statuses by which it says that something is wrong."""
        return _NOTICED_BY_COMMAND - {self.quiet}

    def command(self) -> list[str]:
        """The words of its process."""
        return [sys.executable, "-m", "scenarios", *self.words.split()]


Check = PytestCheck | CommandCheck


@dataclass(frozen=True, slots=True)
class Mutant:
    """`old` stands exactly once in `file` and becomes `new`. `within` says how much of the check it takes."""

    id: str
    file: str
    old: str
    new: str
    why: str
    check: Check
    within: str = "1 run"


def planted(mutant: Mutant, root: Path) -> str:
    """The text of the file with the bug in it; MutantError when the old text is not there exactly once."""
    path = root / mutant.file
    if not path.is_file():
        raise MutantError(f"{mutant.id}: there is no file {mutant.file}")
    text = path.read_text(encoding="utf-8")
    found = text.count(mutant.old)
    if found != 1:
        raise MutantError(f"{mutant.id}: the old text stands {found} times in {mutant.file}, expected once")
    return text.replace(mutant.old, mutant.new)


def mistakes(mutants: tuple[Mutant, ...], root: Path) -> Iterator[str]:
    """Everything that keeps the catalogue from being run against this tree."""
    ids = [mutant.id for mutant in mutants]
    yield from (f"{name}: the id stands twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    for mutant in mutants:
        try:
            compile(planted(mutant, root), mutant.file, "exec")
        except MutantError as mistake:
            yield str(mistake)
        except SyntaxError as mistake:
            yield f"{mutant.id}: {mutant.file} is no Python any more: {mistake}"
        yield from _missing_test(mutant, root)


def _missing_test(mutant: Mutant, root: Path) -> Iterator[str]:
    if isinstance(mutant.check, CommandCheck):
        return
    file, _, test = mutant.check.node.partition("::")
    name = test.rpartition("::")[2].partition("[")[0]
    if not (root / file).is_file() or f"def {name}(" not in (root / file).read_text(encoding="utf-8"):
        yield f"{mutant.id}: there is no test {mutant.check.node}"
