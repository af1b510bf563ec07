"""Fixtures of the scenarios' tests."""

from __future__ import annotations

import pytest

from tests.scenarios.command_line import CommandLine


@pytest.fixture
def slotproof(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(monkeypatch, capsys)
