"""The control door's verbs that move the clock; each answers with what fired on the way, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import instant, known_members
from fake_calcom.control.verbs import get_clock, own_clock
from fake_calcom.errors import WorldError
from fake_calcom.times import to_datetime

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fake_calcom.control.routes import ControlCall
    from fake_calcom.time_travel import Due


async def run_for(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/clock/run-for, and /clock/advance: let `seconds` pass, stopping wherever something is due."""
    return await _moved(call, call.fake.time.run_for(_seconds(call)), "seconds")


async def fast_forward(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/clock/fast-forward: jump by `seconds`; what was due happens once, at the end."""
    return await _moved(call, call.fake.time.fast_forward(_seconds(call)), "seconds")


async def pause_at(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/clock/pause-at: jump to the instant `now` and stand still."""
    own_clock(call)
    now_ms = instant(known_members(call.body, ("now",)), "now")
    if now_ms is None:
        raise WorldError("expected an instant", "now")
    return await _moved(call, call.fake.time.pause_at(to_datetime(now_ms)), "now")


async def resume(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/clock/resume: tick along with the machine's clock."""
    own_clock(call)
    call.fake.time.resume()
    return await get_clock(call)


async def run_until_idle(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/clock/run-until-idle: go on until nothing is due any more."""
    own_clock(call)
    return await _moved(call, call.fake.time.run_until_idle(), "clock")


def _seconds(call: ControlCall) -> float:
    own_clock(call)
    seconds = known_members(call.body, ("seconds",)).get("seconds")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise WorldError("expected a number of seconds", "seconds")
    return seconds


async def _moved(call: ControlCall, move: Coroutine[Any, Any, list[Due]], where: str) -> dict[str, Any]:
    try:
        fired = await move
    except ValueError as error:
        raise WorldError(str(error), where) from None
    clock = await get_clock(call)
    return {"data": clock["data"] | {"fired": [due.as_json() for due in fired]}}
