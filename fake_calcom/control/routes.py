"""The table of the control door's verbs. A verb takes what it needs and returns what is answered as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.control import (
    contract_verbs,
    fault_verbs,
    journal_verbs,
    post_verbs,
    race_verbs,
    state_verbs,
    time_verbs,
    verbs,
)
from fake_calcom.page import views

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
    ("POST", "/__fake__/clock/advance"): time_verbs.run_for,
    ("POST", "/__fake__/clock/run-for"): time_verbs.run_for,
    ("POST", "/__fake__/clock/fast-forward"): time_verbs.fast_forward,
    ("POST", "/__fake__/clock/pause-at"): time_verbs.pause_at,
    ("POST", "/__fake__/clock/resume"): time_verbs.resume,
    ("POST", "/__fake__/clock/run-until-idle"): time_verbs.run_until_idle,
    ("GET", "/__fake__/snapshot"): verbs.get_snapshot,
    ("PUT", "/__fake__/snapshot"): verbs.put_snapshot,
    ("GET", "/__fake__/snapshots"): state_verbs.get_snapshots,
    ("POST", "/__fake__/snapshots"): state_verbs.keep_snapshot,
    ("DELETE", "/__fake__/snapshots"): state_verbs.drop_snapshot,
    ("POST", "/__fake__/snapshots/restore"): state_verbs.restore_snapshot,
    ("GET", "/__fake__/tenants"): state_verbs.get_tenants,
    ("POST", "/__fake__/tenants"): state_verbs.add_tenant,
    ("DELETE", "/__fake__/tenants"): state_verbs.remove_tenant,
    ("GET", "/__fake__/journal"): verbs.get_journal,
    ("DELETE", "/__fake__/journal"): verbs.clear_journal,
    ("POST", "/__fake__/journal/count"): verbs.count_journal,
    ("GET", "/__fake__/emails"): verbs.get_emails,
    ("GET", "/__fake__/verification-code"): post_verbs.get_verification_code,
    ("GET", "/__fake__/webhook-deliveries"): verbs.get_deliveries,
    ("POST", "/__fake__/webhook-deliveries/redeliver"): post_verbs.redeliver,
    ("POST", "/__fake__/webhook-deliveries/flush"): post_verbs.flush,
    ("GET", "/__fake__/barriers"): race_verbs.get_barriers,
    ("POST", "/__fake__/barriers"): race_verbs.add_barrier,
    ("DELETE", "/__fake__/barriers"): race_verbs.remove_barriers,
    ("GET", "/__fake__/transitions"): contract_verbs.get_transitions,
    ("PUT", "/__fake__/transitions"): contract_verbs.put_transitions,
    ("GET", "/__fake__/strict"): contract_verbs.get_strict,
    ("PUT", "/__fake__/strict"): contract_verbs.put_strict,
    ("GET", "/__fake__/openapi.json"): contract_verbs.get_openapi,
    ("GET", "/__fake__/generation"): verbs.get_generation,
    ("PUT", "/__fake__/generation"): verbs.put_generation,
    ("POST", "/__fake__/journal/verify"): journal_verbs.verify,
    ("POST", "/__fake__/journal/never"): journal_verbs.never,
    ("POST", "/__fake__/journal/in-order"): journal_verbs.in_order,
    ("POST", "/__fake__/journal/unexpected"): journal_verbs.unexpected,
    ("GET", "/__fake__/journal/retries"): journal_verbs.get_retries,
    ("GET", "/__fake__/journal/duplicate-effects"): journal_verbs.get_duplicate_effects,
    ("GET", "/__fake__/history"): journal_verbs.get_history,
    ("GET", "/__fake__/faults"): fault_verbs.get_faults,
    ("POST", "/__fake__/faults"): fault_verbs.add_fault,
    ("DELETE", "/__fake__/faults"): fault_verbs.remove_faults,
    ("GET", "/__fake__/coverage"): verbs.get_coverage,
    ("GET", "/__fake__/page/glance"): views.get_glance,
    ("GET", "/__fake__/page/choices"): views.get_choices,
    ("GET", "/__fake__/page/booking"): views.get_booking,
    ("GET", "/__fake__/page/entry"): views.get_entry,
}
