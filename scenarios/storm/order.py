"""A storm's history as claims about one calendar: is there an order of all answers in which each one is true?

What nobody was told the end of (pending, an error, no answer at all) may have happened at any later time, or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scenarios.storm.aftermath import Aftermath, Occupation
from scenarios.storm.deeds import Deed
from scenarios.storm.reception import Claim, Reception, Says
from scenarios.storm.world import STARTS_AT
from simulator.checker import Finding, Verdict
from simulator.history import Completion, History, Operation
from simulator.linearizability import is_linearizable

STATES_MAX = 100_000
_ZONE = ZoneInfo("Europe/Berlin")
_SAID = {
    "booked": Says.HOLDS,
    "recovered": Says.HOLDS,
    "existing": Says.HAS_ONE,
    "unavailable": Says.TAKEN,
    "duplicate": Says.TAKEN,
    "cancelled": Says.GIVEN_UP,
    "rescheduled": Says.MOVED,
    "not_found": Says.HAS_NONE,
}
_WANTED = {"book": Says.HOLDS, "cancel": Says.GIVEN_UP, "reschedule": Says.MOVED}


@dataclass(frozen=True, slots=True)
class OneOrder:
    """The checker: all answers, and the rows at the end, could come from a reception that serves one at a time."""

    left: Aftermath
    name: str = "one order of all answers"

    def check(self, history: History) -> Finding:
        """UNKNOWN when the search was given up."""
        fits = is_linearizable(Reception(), list(claims(self.left, history)), STATES_MAX)
        if fits is None:
            return Finding(self.name, Verdict.UNKNOWN, (f"more than {STATES_MAX} states",))
        return Finding(self.name, Verdict.VALID) if fits else Finding(self.name, Verdict.INVALID, (self._why(history),))

    def _why(self, history: History) -> str:
        told = [f"{op.process} {op.argument!r} → {_told(op).get('status', 'no answer')}" for op in history]
        rows = [f"{slot} of {call}" for slot, call in sorted(_live(self.left))]
        return f"no order of these answers is true: {'; '.join(told)}; left is {', '.join(rows) or 'nothing'}"


def claims(left: Aftermath, history: History) -> Iterator[Operation]:
    """Each operation with its claim as argument, what its unheard tries may have done, and what is left at the end."""
    for operation in history:
        claimed = _claimed(operation, left)
        yield claimed
        if operation.argument.action == "book":
            yield from (_unnamed(claimed, row["id"]) for row in _rows_of(left, operation) if _is_unnamed(claimed, row))
        if operation.argument.action == "reschedule" and _told(operation).get("tries", 1) > 1:
            yield replace(claimed, argument=replace(claimed.argument, says=Says.MAY_MOVE, appointment_id=None))
    last = max((op.completed or op.invoked for op in history), default=0) + 1
    end = Claim(Says.END, left=frozenset(_live(left)))
    yield Operation(len(history), "nobody", "look", end, last, 0, Completion.OK, completed=last + 1)


def _claimed(operation: Operation, left: Aftermath) -> Operation:
    deed: Deed = operation.argument
    told = _told(operation)
    says, found_at = _SAID.get(str(told.get("status"))), told.get("slot")
    if says is Says.HOLDS and found_at not in {None, deed.slot}:
        says = Says.FINDS
    claim = Claim(
        says=says or _WANTED[deed.action],
        call=operation.process,
        phone=deed.phone,
        slot=deed.slot,
        appointment_id=told.get("appointment_id"),
        found_at=found_at,
        is_busy=says is Says.TAKEN and any(_meet(operation, occupation) for occupation in left.occupations),
    )
    return replace(operation, argument=claim, completion=Completion.OK if says else Completion.INFO)


def _unnamed(claimed: Operation, appointment_id: int) -> Operation:
    """An earlier try of Retell's may have got this row before the answer that was heard."""
    claim: Claim = claimed.argument
    return replace(claimed, argument=replace(claim, says=Says.MAY_HOLD, appointment_id=appointment_id))


def _is_unnamed(claimed: Operation, row: dict[str, Any]) -> bool:
    """Whether the answer does not say itself that it booked this row; one that found it moved was preceded by that."""
    claim: Claim = claimed.argument
    return claim.says is not Says.HOLDS or claim.appointment_id != row["id"]


def _rows_of(left: Aftermath, operation: Operation) -> Iterator[dict[str, Any]]:
    calls = {row["id"] for row in left.seen.calls if row["retell_call_id"] == operation.process}
    return (row for row in left.seen.appointments if row["call_id"] in calls)


def _told(operation: Operation) -> dict[str, Any]:
    return operation.value if operation.completion is Completion.OK else {}


def _meet(operation: Operation, occupation: Occupation) -> bool:
    """Whether Cal.com held the wanted time for another call while the caller waited."""
    began = STARTS_AT.timestamp()
    asked, told = began + operation.invoked_ns / 1e9, began + (operation.completed_ns or 0) / 1e9
    same = _slot(occupation.start) == operation.argument.slot and occupation.retell_call_id != operation.process
    return same and occupation.since_s <= told and occupation.until_s >= asked


def _live(left: Aftermath) -> Iterator[tuple[str, str]]:
    calls = {row["id"]: row["retell_call_id"] for row in left.seen.calls}
    for row in left.seen.appointments:
        if row["status"] != "cancelled":
            yield _slot(datetime.fromisoformat(row["starts_at"])), calls.get(row["call_id"], "nobody")


def _slot(start: datetime) -> str:
    return start.astimezone(_ZONE).strftime("%H:%M")
