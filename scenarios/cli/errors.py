"""Wrong use of the command line."""

from __future__ import annotations


class UsageError(Exception):
    """Something the user wrote cannot be used; the message says what, where and what was expected."""
