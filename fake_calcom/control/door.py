"""The control door: never rate-limited, never journalled, no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.routes import CONTROL_ROUTES, ControlCall
from fake_calcom.errors import WorldError
from fake_calcom.page.assets import find_asset
from fake_calcom.routing import Query, normal_path
from fake_calcom.wire import JSON_TYPE, Answer, decode, encode

if TYPE_CHECKING:
    from fake_calcom.app import FakeCalcom
    from fake_calcom.wire import Call

PREFIX = "/__fake__"


def is_control(call: Call) -> bool:
    """Tell whether a call is for the control door."""
    return call.target.startswith(PREFIX) and call.target[len(PREFIX) : len(PREFIX) + 1] in ("", "/", "?")


async def answer_control(fake: FakeCalcom, call: Call) -> Answer:
    """Return what the control door answers: `{"data": …}`, or 400 `{"error": {"message", "where"}}`."""
    path, query = normal_path(call.target)
    verb = CONTROL_ROUTES.get((call.method, path))
    if verb is None and (asset := find_asset(call.method, path)) is not None:
        return asset
    if verb is None:
        return _refusal(404, f"the control door has no {call.method} {path}", "path")
    try:
        return _answer(200, await verb(ControlCall(fake, Query.parse(query), _body(call))))
    except WorldError as error:
        return _refusal(400, error.message, error.where)


def _body(call: Call) -> Any:
    if not call.body:
        return None
    try:
        return decode(call.body)
    except ValueError as error:
        raise WorldError(f"the body is not JSON: {error}") from None


def _refusal(status: int, message: str, where: str) -> Answer:
    return _answer(status, {"error": {"message": message, "where": where}})


def _answer(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, encode(body), {"Content-Type": JSON_TYPE})
