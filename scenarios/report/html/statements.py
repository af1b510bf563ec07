"""Statements in groups: what one task asks of the database without anything between is one step."""

from __future__ import annotations

from scenarios.report.html.messages import Statement, read_statement
from scenarios.report.html.steps import DATABASE, Step

_SILENT = {"PRAGMA"}  # a connection's own settings


class Statements:
    """Collects them until something else happens."""

    def __init__(self) -> None:
        self._group: list[Statement] = []
        self._asker = ("", "")
        self._at_ms = 0.0
        self._task = ""

    def next_task(self, text: str) -> None:
        """An `io` event: `gateway#6: sql SELECT calls` names who asks."""
        task, _, what = text.partition(": ")
        if what.startswith("sql "):
            self._task = task

    def add(self, text: str, lane: str, at_ms: float) -> Step | None:
        """One more; gives the step of the group before when somebody else asks now."""
        statement = read_statement(text)
        if statement.verb in _SILENT:
            return None
        asker = (lane, self._task)
        finished = self.flush() if asker != self._asker else None
        if not self._group:
            self._asker, self._at_ms = asker, at_ms
        self._group.append(statement)
        return finished

    def flush(self) -> Step | None:
        """The step of what was collected; None when there is nothing."""
        group, self._group = self._group, []
        if not group:
            return None
        error = next((each.error for each in group if each.error), "")
        return Step(
            kind="database",
            at_ms=self._at_ms,
            source=self._asker[0],
            target=DATABASE,
            label=summary(group),
            detail=error,
            tone=_tone(group, error),
            body="\n".join(each.text + (f"\n→ {each.error}" if each.error else "") for each in group),
        )


def summary(group: list[Statement]) -> str:
    """`reads calls, customers · INSERT customers · COMMIT`."""
    read = dict.fromkeys(each.table for each in group if each.verb == "SELECT")
    written = dict.fromkeys(f"{each.verb} {each.table}" for each in group if each.verb != "SELECT" and each.table)
    ended = [each.verb for each in group if each.frames and each.verb != "BEGIN"]
    parts = [f"reads {', '.join(read)}"] if read else []
    return " · ".join([*parts, *written, *ended]) or group[0].verb


def _tone(group: list[Statement], error: str) -> str:
    if error:
        return "bad"
    return "plain" if any(each.table and each.verb != "SELECT" for each in group) else "quiet"
