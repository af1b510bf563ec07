"""What the control door's verbs do. A mistake is a WorldError: 400 with a message and where it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fake_calcom.clock import FakeClock
from fake_calcom.control.fields import instant, known_members, text, whole
from fake_calcom.errors import WorldError
from fake_calcom.generations import read_generation
from fake_calcom.journal import Wanted
from fake_calcom.time_travel import FOREIGN
from fake_calcom.times import iso, to_datetime, to_ms

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall


async def put_world(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/world: become this world."""
    return {"data": call.fake.load_world(call.body).as_json()}


async def reset(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/reset: back to the world last loaded; another one is loaded by PUT /__fake__/world."""
    if call.body:
        raise WorldError("expected no body; PUT /__fake__/world loads a world", "body")
    return {"data": call.fake.load_world(call.fake.universe.world).as_json()}


async def get_clock(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/clock: the instant and the mode (`given` when the clock is not the fake's own)."""
    clock = call.fake.clock
    mode = clock.mode if isinstance(clock, FakeClock) else "given"
    return {"data": {"now": iso(to_ms(clock.now())), "mode": mode}}


async def put_clock(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/clock: set the instant, the mode, or both."""
    body = known_members(call.body, ("now", "mode"))
    clock = own_clock(call)
    mode = text(body, "mode")
    if mode not in (None, "frozen", "ticking"):
        raise WorldError("expected 'frozen' or 'ticking'", "mode")
    now_ms = instant(body, "now")
    clock.set(None if now_ms is None else to_datetime(now_ms), "ticking" if mode == "ticking" else clock.mode)
    if mode == "frozen":
        clock.set(mode="frozen")
    return await get_clock(call)


def own_clock(call: ControlCall) -> FakeClock:
    """Return the fake's own clock; WorldError when it reads somebody else's."""
    clock = call.fake.clock
    if not isinstance(clock, FakeClock):
        raise WorldError(FOREIGN, "clock")
    return clock


async def get_snapshot(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/snapshot: the whole state."""
    return {"data": call.fake.snapshot()}


async def put_snapshot(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/snapshot: become that state (the snapshot itself, or the answer that held it)."""
    body = call.body
    call.fake.restore(body["data"] if isinstance(body, dict) and body.keys() == {"data"} else body)
    return {"data": None}


async def get_journal(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/journal: requests and answers, in order."""
    query = call.query
    status, since = query.one("status"), query.one("since")
    wanted = Wanted(
        query.one("method"),
        query.one("path"),
        None if status is None else whole({"status": status}, "status"),
        None if since is None else instant({"since": since}, "since"),
    )
    return {"data": [entry.as_json() for entry in call.fake.journal.select(wanted)]}


async def clear_journal(call: ControlCall) -> dict[str, Any]:
    """DELETE /__fake__/journal: forget every entry."""
    call.fake.journal.clear()
    return {"data": None}


async def count_journal(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/journal/count: how often something was called."""
    body = known_members(call.body, ("method", "path", "status", "json_subset"))
    status = None if body.get("status") is None else whole(body, "status")
    wanted = Wanted(text(body, "method"), text(body, "path"), status, subset=body.get("json_subset"))
    return {"data": {"count": len(call.fake.journal.select(wanted))}}


async def get_emails(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/emails: what would have been mailed."""
    return {
        "data": [
            {"to": mail.to, "kind": mail.kind, "bookingUid": mail.booking_uid, "at": mail.at}
            for mail in call.fake.emails
        ]
    }


async def get_deliveries(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/webhook-deliveries: deliveries, and every trigger fired, subscriber or not."""
    return {"data": [asdict(d) for d in call.fake.deliveries], "fired": list(call.fake.fired)}


async def get_generation(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/generation: which Cal.com this is."""
    return {"data": {"generation": call.fake.universe.generation.name}}


async def put_generation(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/generation: be Cal.com at another date; what is stored stays."""
    name = text(known_members(call.body, ("generation",)), "generation")
    try:
        call.fake.universe.generation = read_generation(name or "")
    except ValueError as error:
        raise WorldError(str(error), "generation") from None
    return await get_generation(call)


async def get_coverage(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/coverage: what is implemented, from the table of routes."""
    return {
        "data": [
            {
                "operation": r.operation,
                "method": r.method,
                "path": r.path,
                "versions": sorted(r.versions),
                "met": call.fake.coverage.of(r.operation),
            }
            for r in call.fake.routes
        ]
    }
