"""The table of the control door's verbs. A verb takes what it needs and returns what is answered as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.control import fault_verbs, verbs

if TYPE_CHECKING:
    from fake_calcom.app import FakeCalcom
    from fake_calcom.routing import Query


@dataclass(slots=True, frozen=True)
class ControlCall:
    """One control request: its query and its body as JSON (None without one)."""

    fake: FakeCalcom
    query: Query
    body: Any


Verb = Callable[[ControlCall], Awaitable[dict[str, Any]]]

CONTROL_ROUTES: dict[tuple[str, str], Verb] = {
    ("PUT", "/__fake__/world"): verbs.put_world,
    ("POST", "/__fake__/reset"): verbs.reset,
    ("GET", "/__fake__/clock"): verbs.get_clock,
    ("PUT", "/__fake__/clock"): verbs.put_clock,
    ("POST", "/__fake__/clock/advance"): verbs.advance_clock,
    ("GET", "/__fake__/snapshot"): verbs.get_snapshot,
    ("PUT", "/__fake__/snapshot"): verbs.put_snapshot,
    ("GET", "/__fake__/journal"): verbs.get_journal,
    ("DELETE", "/__fake__/journal"): verbs.clear_journal,
    ("POST", "/__fake__/journal/count"): verbs.count_journal,
    ("GET", "/__fake__/emails"): verbs.get_emails,
    ("GET", "/__fake__/webhook-deliveries"): verbs.get_deliveries,
    ("GET", "/__fake__/generation"): verbs.get_generation,
    ("PUT", "/__fake__/generation"): verbs.put_generation,
    ("GET", "/__fake__/faults"): fault_verbs.get_faults,
    ("POST", "/__fake__/faults"): fault_verbs.add_fault,
    ("DELETE", "/__fake__/faults"): fault_verbs.remove_faults,
    ("GET", "/__fake__/coverage"): verbs.get_coverage,
}
