"""What must hold after a storm. Each checker yields the sentences that tell what is broken.

`duplicates`, `lost links` and `falsehoods` are the promises that every replay is held to; a storm adds that refusals
are true, that everything comes to an end, that the record tells all of it, and that nothing broke inside.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking_core.profiles import Profile
from scenarios.checkers import duplicates, falsehoods, lost_links
from scenarios.incidents.facts import THE_DAY
from scenarios.storm.aftermath import Aftermath
from scenarios.storm.deeds import Deed
from scenarios.storm.order import OneOrder
from scenarios.storm.world import STARTS_AT
from simulator.checker import Checker, Finding, Verdict
from simulator.history import Completion, History, Operation

LIVENESS = "an end to everything"  # the one checker that is about liveness; all others are about safety
_LIVE = {"accepted", "pending"}

Judge = Callable[[Aftermath, History], Iterator[str]]


@dataclass(frozen=True, slots=True)
class StormChecker:
    """A judge as the simulator's checker; the aftermath it looks at is the one it was given."""

    name: str
    judge: Judge
    left: Aftermath

    def check(self, history: History) -> Finding:
        """INVALID with the sentences that say what is broken."""
        reasons = tuple(self.judge(self.left, history))
        return Finding(self.name, Verdict.INVALID if reasons else Verdict.VALID, reasons)


def storm_checkers(profile: Profile, left: Aftermath) -> list[Checker]:
    """Every checker: what is left, and whether all answers fit one order."""
    return [*aftermath_checkers(profile, left), OneOrder(left)]


def aftermath_checkers(profile: Profile, left: Aftermath) -> list[Checker]:
    """Those that look at what is left; the record is asked for what the profile keeps."""
    judges: dict[str, Judge] = {
        "no duplicate": lambda left, _: duplicates(left.seen),
        "no lost link": lambda left, _: lost_links(left.seen),
        "no falsehood": true_confirmations,
        "true refusals": true_refusals,
        LIVENESS: ended,
        "nothing broke inside": lambda left, _: iter(left.mishaps.told),
    }
    if profile.attempts:
        judges["no blind repeat"] = blind_repeats
    if profile.notifies:
        judges["a true record"] = true_record
    return [StormChecker(name, judge, left) for name, judge in judges.items()]


def true_confirmations(left: Aftermath, history: History) -> Iterator[str]:
    """As `falsehoods`; but who cancelled or moved an appointment afterwards need not hold it any more.

    Refusals are another checker's, which knows the time that each of them was about.
    """
    changed = {op.argument.phone for op in history if op.argument.action != "book"}
    people = {op.process: op.argument.phone for op in history}
    kept = [r for r in left.seen.responses if r.says_booked and people[r.retell_call_id] not in changed]
    yield from falsehoods(replace(left.seen, responses=kept))
    known = {row["id"]: row for row in left.seen.appointments}
    for answer in left.seen.responses:
        if answer.says_booked and answer not in kept and answer.appointment_id not in known:
            yield f"call {answer.call_id} was told „{answer.status}“, and there never was such an appointment"


def true_refusals(left: Aftermath, history: History) -> Iterator[str]:
    """Who hears that a time is taken: another's booking stood there meanwhile, and they hold nothing there."""
    wishes = [op for op in history if op.argument.action == "book"]
    for op in wishes:
        if _status(op) in {"unavailable", "duplicate"} and not _was_taken(left, op):
            yield f"{op.process} was told „{_status(op)}“ for {op.argument.slot}, which nobody else held"
    for op in {(op.process, op.argument.slot): op for op in wishes}.values():  # the last word on each wish
        held = _holds(left, op) if _status(op) in {"unavailable", "duplicate", "error"} else None
        if held is not None:
            yield f"{op.process} was told „{_status(op)}“ for {op.argument.slot} and holds booking {held} there"


def _status(op: Operation) -> str | None:
    return op.value["status"] if op.completion is Completion.OK else None


def _holds(left: Aftermath, op: Operation) -> str | None:
    """The live booking that the call holds at Cal.com at the time it asked for, unless it was moved there later."""
    told_s, start = STARTS_AT.timestamp() + (op.completed_ns or 0) / 1e9, start_of(op.argument)
    later = {occupation.uid for occupation in left.occupations if occupation.since_s >= told_s}
    for booking in left.seen.bookings:
        is_own = booking["status"] in _LIVE and booking["metadata"].get("call_id") == op.process
        was_moved_later = booking.get("rescheduledFromUid") is not None and booking["uid"] in later
        if is_own and not was_moved_later and _instant(booking["start"]) == start:
            return str(booking["uid"])
    return None


def _was_taken(left: Aftermath, op: Operation) -> bool:
    asked, told = (STARTS_AT.timestamp() + (ns or 0) / 1e9 for ns in (op.invoked_ns, op.completed_ns))
    start = start_of(op.argument)
    return any(
        o.start == start and o.retell_call_id != op.process and o.since_s <= told and o.until_s >= asked
        for o in left.occupations
    )


def start_of(deed: Deed) -> datetime:
    """The instant that the caller wanted."""
    return datetime.fromisoformat(f"{THE_DAY}T{deed.slot}").replace(tzinfo=ZoneInfo("Europe/Berlin"))


def ended(left: Aftermath, history: History) -> Iterator[str]:
    """No attempt is unsettled; every live booking has a live row (no ghost), and the other way round (no orphan).

    Who was told that it cannot be told yet has an appointment in the end, or a message that nothing came of it.
    """
    yield from _never_told(left, history)
    for attempt in left.seen.attempts:
        if attempt["state"] in {"open", "unknown"}:
            yield f"attempt {attempt['id']} of call {attempt['call_id']} is still {attempt['state']}"
    live = {booking["uid"]: booking for booking in left.seen.bookings if booking["status"] in _LIVE}
    rows = {row["calcom_v2_booking_id"]: row for row in left.seen.appointments if row["status"] != "cancelled"}
    for uid in live.keys() - rows.keys():
        yield f"booking {uid} of {live[uid]['metadata'].get('call_id')} has no live appointment: a ghost"
    for uid in rows.keys() - live.keys():
        yield f"appointment {rows[uid]['id']} has no live booking: an orphan"
    for uid in rows.keys() & live.keys():
        if _instant(rows[uid]["starts_at"]) != _instant(live[uid]["start"]):
            yield f"appointment {rows[uid]['id']} is at {rows[uid]['starts_at']}, its booking at {live[uid]['start']}"


def _never_told(left: Aftermath, history: History) -> Iterator[str]:
    calls = {row["retell_call_id"]: row for row in left.seen.calls}
    led_somewhere = {row["call_id"] for row in (*left.seen.appointments, *left.seen.appointment_calls)}
    told = {row["customer_id"] for row in left.seen.notifications if row["kind"] == "booking_failed"}
    wishes = (op for op in history if op.argument.action == "book")
    for op in {(op.process, op.argument.slot): op for op in wishes}.values():  # the last word on each wish
        call = calls.get(op.process)
        if _status(op) != "pending" or (call and (call["id"] in led_somewhere or call["customer_id"] in told)):
            continue
        yield f"{op.process} was told „pending“ for {op.argument.slot}, and never what came of it"


def true_record(left: Aftermath, history: History) -> Iterator[str]:
    """The audit log's last word on each appointment is its status, and every customer was told of theirs."""
    del history
    last, uids = _audited(left)
    mailed = {email["booking_uid"] for email in left.seen.emails}
    told = {row["appointment_id"] for row in left.seen.notifications}
    for row in left.seen.appointments:
        is_cancelled = row["status"] == "cancelled"
        if is_cancelled != (last.get(row["id"]) == "appointment_cancelled"):
            yield f"appointment {row['id']} is {row['status']}, the audit log says {last.get(row['id'], 'nothing')}"
        if row["id"] not in told and not mailed & {row["calcom_v2_booking_id"], *uids.get(row["id"], ())}:
            yield f"appointment {row['id']}: neither Cal.com nor the gateway told its customer"
    repeated = Counter((row["appointment_id"], row["channel"], row["kind"]) for row in left.seen.notifications)
    yield from (f"{key[2]} of appointment {key[0]} is queued twice" for key, n in repeated.items() if key[0] and n > 1)


def blind_repeats(left: Aftermath, history: History) -> Iterator[str]:
    """A create without a usable answer is looked up, and not sent again when Cal.com shows its booking by then."""
    del history
    shown = {occupation.uid: occupation.shown_s for occupation in left.occupations}
    unknown_since: dict[tuple[str, int], float] = {}
    for end in left.creates:
        asker = end.gateway, end.call_id
        if end.own_uid is None:
            unknown_since[asker] = end.at_s
        elif shown.get(end.own_uid, math.inf) <= unknown_since.get(asker, -math.inf):
            yield f"{end.gateway} created booking {end.own_uid} of call {end.call_id} again, which it could have found"


def _audited(left: Aftermath) -> tuple[dict[int, str], dict[int, list[str]]]:
    """The last event of each appointment, and the bookings it had before its present one."""
    last: dict[int, str] = {}
    uids: dict[int, list[str]] = {}
    for line in left.seen.audit:
        details: dict[str, Any] = line["details"]
        last[details["appointment_id"]] = line["event_type"]
        uids.setdefault(details["appointment_id"], []).append(details["calcom_v2_booking_id"])
    return last, uids


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
