"""The history of a session for an oracle: invocations, answers and commits in one order.

A checker reads from it whether two accepted bookings overlap, whether a retry booked twice, and whether a
booking that was promised with a 201 could be read afterwards. `invoked` and `answered` are places in the one
order of beginnings and ends: two calls were in flight together when neither's end is before the other's
beginning. `order` in a commit is the fake's own commit order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.times import iso
from fake_calcom.wire import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.journal import Entry

HIDING = frozenset(("drop_before", "drop_after", "reset", "truncate", "malformed_json"))


def history(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return every call in the order of invocation, as JSON values.

    outcome is Jepsen's: `ok` (the caller saw a success), `fail` (the caller saw a refusal and nothing was
    committed) or `info` (the caller cannot know).
    """
    return [_call(entry) for entry in sorted(entries, key=lambda entry: entry.invoked)]


def _call(entry: Entry) -> dict[str, Any]:
    return {
        "call": entry.number,
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "body": readable(entry.body),
        "invoked": entry.invoked,
        "answered": entry.answered,
        "invokedAt": iso(entry.invoked_ms),
        "answeredAt": iso(entry.answered_ms),
        "status": entry.status,
        "outcome": _outcome(entry),
        "fault": entry.fault or None,
        "phase": entry.phase or None,
        "commits": [commit.as_json() for commit in entry.commits],
        "answer": readable(entry.answer_body),
    }


def _outcome(entry: Entry) -> str:
    if entry.fault in HIDING or entry.status == 0 or (entry.status >= 400 and entry.commits):
        return "info"
    return "ok" if entry.status < 400 else "fail"
