"""The control door's verbs for the contract, how strictly it is read, and what pending bookings do by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import known_members, text, whole
from fake_calcom.errors import WorldError
from fake_calcom.openapi.document import document
from fake_calcom.strictness import MODES

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall


async def get_openapi(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/openapi.json: the contract itself, without a `data` around it, for tools to read."""
    return document(call.fake.routes)


async def get_strict(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/strict: off, report or refuse."""
    return {"data": {"mode": call.fake.strictness.mode}}


async def put_strict(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/strict: how strictly requests are read."""
    wanted = text(known_members(call.body, ("mode",)), "mode")
    mode = next((mode for mode in MODES if mode == wanted), None)
    if mode is None:
        raise WorldError(f"expected {', '.join(MODES)}", "mode")
    call.fake.strictness.mode = mode
    return await get_strict(call)


async def get_transitions(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/transitions: when a pending booking is confirmed by itself."""
    return {"data": call.fake.transitions.knob.as_json()}


async def put_transitions(call: ControlCall) -> dict[str, Any]:
    """PUT /__fake__/transitions: after so many reads, after so many seconds (0: at once), or (`{}`) never."""
    body = known_members(call.body, ("after_reads", "after_seconds"))
    reads, seconds = body.get("after_reads"), body.get("after_seconds")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, (int, float))):
        raise WorldError("expected a number of seconds", "after_seconds")
    call.fake.transitions.turn(None if reads is None else whole(body, "after_reads"), seconds)
    return await get_transitions(call)
