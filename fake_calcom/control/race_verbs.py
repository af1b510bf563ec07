"""The control door's verbs for ordered races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.barriers import PATIENCE_S
from fake_calcom.control.fields import known_members, text, whole
from fake_calcom.errors import WorldError

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall

PATIENCE_S_MAX = 3600


async def get_barriers(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/barriers: each with who has arrived."""
    return {"data": call.fake.barriers.as_json()}


async def add_barrier(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/barriers: hold `parties` requests of `operation` between check and commit."""
    body = known_members(call.body, ("operation", "parties", "patience_seconds"))
    patience_s = body.get("patience_seconds", PATIENCE_S)
    if isinstance(patience_s, bool) or not isinstance(patience_s, (int, float)) or not 0 < patience_s <= PATIENCE_S_MAX:
        raise WorldError(f"expected a number of seconds up to {PATIENCE_S_MAX}", "patience_seconds")
    call.fake.barriers.add(text(body, "operation") or "", whole(body, "parties"), patience_s)
    return await get_barriers(call)


async def remove_barriers(call: ControlCall) -> dict[str, Any]:
    """DELETE /__fake__/barriers: let everybody go."""
    call.fake.barriers.clear()
    return await get_barriers(call)
