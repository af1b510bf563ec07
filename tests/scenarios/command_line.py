"""Runs `slotproof` inside the test's process, as the console script would."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from scenarios.cli.main import run


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


class CommandLine:
    """`slotproof WORD...` in this process; output is 200 columns wide, without colour."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name, value in {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}.items():
            monkeypatch.setenv(name, value)

    def __call__(self, *words: str) -> Ended:
        """Run it to its end."""
        self._monkeypatch.setattr(sys, "argv", ["slotproof", *words])
        status = 0
        try:
            run()
        except SystemExit as end:
            status = int(end.code or 0)
        printed = self._capsys.readouterr()
        return Ended(status, printed.out, printed.err)
