"""Plain order: always what production would most likely do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Question


class Plain:
    """Answers 0 to every question."""

    def choose(self, question: Question) -> int:  # noqa: ARG002 - the protocol's parameter
        """Answer 0."""
        return 0
