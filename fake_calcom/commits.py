"""Which call wrote what, and in which order: the fake's own commit log.

A write is ascribed to the call in whose context it was made, so that calls in flight together are told apart.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from contextvars import Token


class Commit(NamedTuple):
    """One write: its place in the order of all, `insert` or `update`, and the booking as it then was."""

    order: int
    kind: str
    uid: str
    status: str

    def as_json(self) -> dict[str, object]:
        """Return the commit as JSON values."""
        return self._asdict()


@dataclass(slots=True)
class CommitLog:
    """Counts the writes of one universe and hands each to the call that made it."""

    _current: ContextVar[list[Commit] | None] = field(default_factory=lambda: ContextVar("commits", default=None))
    written: int = 0

    def begin(self, commits: list[Commit]) -> Token[list[Commit] | None]:
        """Let the writes of this context be noted in a list, until `end`."""
        return self._current.set(commits)

    def end(self, token: Token[list[Commit] | None]) -> None:
        """Note no more for the call that `begin` gave this token."""
        self._current.reset(token)

    def note(self, kind: str, uid: str, status: str) -> None:
        """Note one write; one made outside any call (a world, a restore) is only counted."""
        self.written += 1
        commits = self._current.get()
        if commits is not None:
            commits.append(Commit(self.written, kind, uid, status))
