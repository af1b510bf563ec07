"""What can go wrong in `scenarios`.

ScenarioError
├── UsageError               the user's words cannot be used: exit status 2
│   └── DatabaseUnusableError
└── PerformanceFailedError   the play broke: a mistake of ours, never "no bug found": exit status 12
"""

from __future__ import annotations


class ScenarioError(Exception):
    """Root of this package's errors; you never get it itself."""


class UsageError(ScenarioError):
    """Something the user wrote cannot be used; the message says what, where and what was expected."""


class DatabaseUnusableError(UsageError):
    """The database cannot be reached or used. You get it before anything was played; the message says why."""


class PerformanceFailedError(ScenarioError):
    """The play itself broke: a mistake of the scenario or of this program. Nothing is proved by such a run."""
