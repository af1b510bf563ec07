"""The control door's verbs that judge the journal. A verdict is an answer, not an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import known_members, text, whole
from fake_calcom.errors import WorldError
from fake_calcom.history import history
from fake_calcom.verdicts import VerdictError, Wish, near_misses, wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_calcom.control.routes import ControlCall

WISH_MEMBERS = ("operation", "where")


async def verify(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/journal/verify: whether exactly `count` (1) such calls were made, with the near misses."""
    body = known_members(call.body, (*WISH_MEMBERS, "count"))
    count = 1 if body.get("count") is None else whole(body, "count")
    wanted, journal = _wish(body), call.fake.journal
    judged = _judged(lambda: journal.verify(wanted.operation, count, wanted.where))
    misses = [] if judged["holds"] else [miss.as_json() for miss in near_misses(journal, wanted)]
    return {"data": judged | {"nearMisses": misses}}


async def never(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/journal/never: whether no such call was made."""
    wanted = _wish(known_members(call.body, WISH_MEMBERS))
    return {"data": _judged(lambda: call.fake.journal.never(wanted.operation, wanted.where))}


async def in_order(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/journal/in-order: whether such calls were made one after the other (`steps`)."""
    steps = _wishes(known_members(call.body, ("steps",)).get("steps"), "steps")
    return {"data": _judged(lambda: call.fake.journal.in_order(*steps))}


async def unexpected(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/journal/unexpected: the calls that none of `expected` means."""
    expected = _wishes(known_members(call.body, ("expected",)).get("expected"), "expected")
    return {"data": [entry.as_json() for entry in call.fake.journal.unexpected(*expected)]}


async def get_retries(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/journal/retries: what became of each call that repeated a committed one."""
    return {"data": [retry.as_json() for retry in call.fake.journal.retries()]}


async def get_duplicate_effects(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/journal/duplicate-effects: the repeats that booked a second time."""
    return {"data": [retry.as_json() for retry in call.fake.journal.duplicate_effects()]}


async def get_history(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/history: invocations, answers and commits in one order, for an oracle."""
    return {"data": history(call.fake.journal)}


def _judged(claim: Callable[[], None]) -> dict[str, Any]:
    try:
        claim()
    except VerdictError as error:
        return {"holds": False, "message": str(error)}
    return {"holds": True, "message": ""}


def _wishes(value: Any, where: str) -> list[Wish]:
    if not isinstance(value, list):
        raise WorldError("expected a list of operations, or of objects with `operation` and `where`", where)
    return [_wish({"operation": one} if isinstance(one, str) else known_members(one, WISH_MEMBERS)) for one in value]


def _wish(body: Any) -> Wish:
    where = body.get("where")
    if where is not None and not isinstance(where, dict):
        raise WorldError("expected an object", "where")
    return wish(text(body, "operation"), where)
