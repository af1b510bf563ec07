"""Plants one bug in a copy of the tree and runs its check there. The working tree is only ever read."""

from __future__ import annotations

import compileall
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scenarios.mutants.mutant import Check, Mutant, planted
from scenarios.mutants.runner import Ended, Runner

COPIED = ("simulator", "fake_calcom", "booking_core", "scenarios", "tests", "pyproject.toml", "README.md")


class Fate(StrEnum):
    """What became of a planted bug."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"
    BROKEN = "broken"  # the check could not be run: neither noticed nor missed


@dataclass(frozen=True, slots=True)
class Result:
    """One planted bug, its fate, and the check's last words."""

    mutant: Mutant
    fate: Fate
    ended: Ended


class Workshop:
    """A copy of the tree with its byte code, from which every mutant gets a copy of its own."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        self.runner = runner
        self._folder = folder
        self._base = folder / "base"

    @property
    def base(self) -> Path:
        """The copy without any planted bug."""
        return self._base

    def fill(self, root: Path) -> None:
        """Copy what checks need and compile it once."""
        self._base.mkdir()
        for name in COPIED:
            source, target = root / name, self._base / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target)
        compileall.compile_dir(self._base, quiet=2)

    def try_one(self, mutant: Mutant) -> Result:
        """Plant it, run its check, throw the copy away."""
        tree = self._folder / mutant.id
        shutil.copytree(self._base, tree)
        try:
            (tree / mutant.file).write_text(planted(mutant, tree), encoding="utf-8")
            ended = self.runner.run(mutant.check.command(), tree)
        finally:
            shutil.rmtree(tree)
        return Result(mutant, fate_of(mutant.check, ended), ended)


@contextmanager
def workshop(root: Path) -> Iterator[Workshop]:
    """A workshop in a temporary directory; when it is left, however that may be, no check of its goes on."""
    runner = Runner()
    with tempfile.TemporaryDirectory(prefix="slotproof-mutants-") as folder:
        shop = Workshop(Path(folder), runner)
        shop.fill(root)
        try:
            yield shop
        finally:
            runner.stop()


def fate_of(check: Check, ended: Ended) -> Fate:
    """What the end of the check's process means."""
    if ended.status is None:
        return Fate.TIMED_OUT
    if ended.status == check.quiet:
        return Fate.SURVIVED
    return Fate.KILLED if ended.status in check.noticing else Fate.BROKEN
