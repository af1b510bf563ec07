"""A client's mistake: what is wrong, where, and what was expected. It becomes a 4xx with exactly these three."""

from __future__ import annotations


class ClientMistakeError(Exception):
    """The request cannot be served because of how it was made. Nothing has been done; mend it and send it again.

    `where` is a path such as `args.datum`. The texts never quote what was sent: it may be somebody's name.
    """

    def __init__(self, http_status: int, problem: str, *, where: str = "body", expected: str = "") -> None:
        super().__init__(f"{where}: {problem}")
        self.http_status = http_status
        self.problem = problem
        self.where = where
        self.expected = expected

    def as_json(self) -> dict[str, object]:
        """The answer's body; `message` is one sentence for whoever reads the log of the other side."""
        expected = f"; expected {self.expected}" if self.expected else ""
        return {
            "success": False,
            "status": "error",
            "message": f"{self.where}: {self.problem}{expected}",
            "bestaetigung_status": "error",
            "error": {"where": self.where, "problem": self.problem, "expected": self.expected},
        }
