"""The control door's verbs for the fault plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import whole
from fake_calcom.errors import WorldError
from fake_calcom.faults.reading import RULE_MEMBERS

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall


async def get_faults(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/faults: the rules in order, with how often each was met and struck."""
    return {"data": call.fake.faults.as_json()}


async def add_fault(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/faults: add a rule, or a list of them (all or none); answers the whole plan."""
    rules = call.body if isinstance(call.body, list) else [call.body]
    added: list[int] = []
    try:
        for index, rule in enumerate(rules):
            added.append(call.fake.faults.add(**_object(rule, index)).id)
    except WorldError:
        for rule_id in added:
            call.fake.faults.remove(rule_id)
        raise
    return await get_faults(call)


async def remove_faults(call: ControlCall) -> dict[str, Any]:
    """DELETE /__fake__/faults: forget the plan, or with `?id=` one rule of it."""
    wanted = call.query.one("id")
    if wanted is None:
        call.fake.faults.clear()
    else:
        call.fake.faults.remove(whole({"id": wanted}, "id"))
    return await get_faults(call)


def _object(rule: Any, index: int) -> dict[str, Any]:
    if not isinstance(rule, dict):
        raise WorldError(f"a rule is an object with members of {', '.join(RULE_MEMBERS)}", f"[{index}]")
    return rule
