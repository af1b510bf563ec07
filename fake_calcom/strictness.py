"""Requests against the contract: Cal.com lets much through that its documentation does not name.

off: as Cal.com. report: the answer says in `X-Fake-Contract` what was wrong. refuse: a 400 instead of the answer.
Also `Prefer: code=409`: a documented answer by its status, without a rule and without effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fake_calcom.errors import NEST_NAMES, EnvelopeError, internal_error, refusal
from fake_calcom.openapi.operations import OPERATIONS
from fake_calcom.openapi.shapes import schema_of
from fake_calcom.openapi.validate import problems
from fake_calcom.rate_limit import too_many_requests
from fake_calcom.routing import Query, normal_path
from fake_calcom.times import iso
from fake_calcom.versions import EVERY, HEADER
from fake_calcom.wire import JSON_TYPE, Answer, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_calcom.errors import ApiError
    from fake_calcom.routing import Route
    from fake_calcom.wire import Call

Mode = Literal["off", "report", "refuse"]
MODES: tuple[Mode, ...] = ("off", "report", "refuse")
REPORT_HEADER = "X-Fake-Contract"
REPORT_LENGTH_MAX = 1000
PREFERRED = re.compile(r"(?:^|[,;\s])code=(\d{3})(?:$|[,;\s])")


@dataclass(slots=True)
class Strictness:
    """How strictly one fake reads."""

    mode: Mode = "off"

    def judge(self, call: Call, route: Route, now_ms: int) -> tuple[str, Answer | None]:
        """Return what is wrong ("" for nothing) and, when refusing, the answer."""
        told = "; ".join(contract_problems(call, route))
        if not told or self.mode == "report":
            return told, None
        error = EnvelopeError(400, "ContractException", f"refused by strict=refuse: {told}")
        return told, as_answer(error, call, now_ms)


def contract_problems(call: Call, route: Route) -> Iterator[str]:
    """Yield what the contract does not allow in a request."""
    described = OPERATIONS[route.operation]
    version = call.headers.get(HEADER)
    if version is None and route.versions != EVERY:
        yield f"header {HEADER}: missing"
    elif version is not None and version not in EVERY:
        yield f"header {HEADER}: unknown version {version!r}"
    given = Query.parse(normal_path(call.target)[1]).values
    known = described.query.by_name.keys() if described.query is not None else frozenset[str]()
    yield from (f"query {name}: not documented" for name in given if name not in known)
    if call.body and described.body is not None:
        if "json" not in call.headers.get("Content-Type", "").lower():
            yield "header Content-Type: expected application/json"
        try:
            yield from (f"body {told}" for told in problems(schema_of(described.body), decode(call.body)))
        except ValueError as error:
            yield f"body: {error}"


def preferred(call: Call, route: Route, now_ms: int) -> Answer | None:
    """Return the documented refusal that a request asks for with `Prefer: code=…`; None when it asks for none."""
    found = PREFERRED.search(call.headers.get("Prefer") or "")
    status = int(found[1]) if found else 0
    if status < 400 or status not in OPERATIONS[route.operation].statuses:
        return None
    answer = as_answer(_example(status), call, now_ms)
    answer.headers["Preference-Applied"] = f"code={status}"
    return answer


def as_answer(error: ApiError, call: Call, now_ms: int) -> Answer:
    """Return the answer of an error."""
    return Answer(error.status, encode(error.body(call.target, iso(now_ms))), {"Content-Type": JSON_TYPE})


def header_text(told: str) -> str:
    """Return a text that may stand in a header."""
    return told.encode("ascii", "backslashreplace").decode().replace("\n", " ").replace("\r", " ")[:REPORT_LENGTH_MAX]


def _example(status: int) -> ApiError:
    if status == 429:
        return too_many_requests()
    return refusal(status, f"asked for by Prefer: code={status}") if status in NEST_NAMES else internal_error()
