"""Plants one bug in a copy of the tree and runs its check there. The working tree is only ever read."""

from __future__ import annotations

import compileall
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scenarios.mutants.mutant import Check, Mutant, planted

COPIED = ("simulator", "fake_calcom", "booking_core", "scenarios", "tests", "pyproject.toml", "README.md")
LIMIT_S = 180.0
_LAST_LINES = 12


class Fate(StrEnum):
    """What became of a planted bug."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"
    BROKEN = "broken"  # the check could not be run: neither noticed nor missed


@dataclass(frozen=True, slots=True)
class Ended:
    """How a check's process ended; None as status: it ran out of time."""

    status: int | None
    seconds: float
    last_words: str


@dataclass(frozen=True, slots=True)
class Result:
    """One planted bug, its fate, and the check's last words."""

    mutant: Mutant
    fate: Fate
    ended: Ended


class Workshop:
    """A copy of the tree with its byte code, from which every mutant gets a copy of its own."""

    def __init__(self, folder: Path) -> None:
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
            ended = run(mutant.check.command(), tree)
        finally:
            shutil.rmtree(tree)
        return Result(mutant, fate_of(mutant.check, ended), ended)


@contextmanager
def workshop(root: Path) -> Iterator[Workshop]:
    """A workshop in a temporary directory."""
    with tempfile.TemporaryDirectory(prefix="slotproof-mutants-") as folder:
        shop = Workshop(Path(folder))
        shop.fill(root)
        yield shop


def fate_of(check: Check, ended: Ended) -> Fate:
    """What the end of the check's process means."""
    if ended.status is None:
        return Fate.TIMED_OUT
    if ended.status == check.quiet:
        return Fate.SURVIVED
    return Fate.KILLED if ended.status in check.noticing else Fate.BROKEN


def run(command: list[str], tree: Path, limit_s: float = LIMIT_S) -> Ended:
    """Run it in that tree; whatever it has started ends with it."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Ended(None, time.monotonic() - began, "")
        except BaseException:  # Ctrl-C: the check is in a session of its own and would live on
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Ended(process.returncode, time.monotonic() - began, "\n".join(out.splitlines()[-_LAST_LINES:]))
