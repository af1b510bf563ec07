"""Fixtures for every test of the project."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ["tests.databases"]


def pytest_configure(config: pytest.Config) -> None:
    """No example of Hypothesis' is timed: a neighbour on the same machine is no bug."""
    settings.register_profile("unhurried", settings(), deadline=None)
    settings.load_profile("unhurried")
