"""From a call to an answer, as Cal.com's own pipeline goes: body parser, route, guards, handler, error filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.auth import find_caller, refuse_stranger
from fake_calcom.errors import ApiError, bad_request, not_found
from fake_calcom.rate_limit import too_many_requests
from fake_calcom.routing import Request, Route, Router, normal_path
from fake_calcom.times import iso
from fake_calcom.versions import HEADER, read_version
from fake_calcom.wire import JSON_TYPE, Answer, decode, encode

if TYPE_CHECKING:
    from fake_calcom.universe import Universe
    from fake_calcom.wire import Call

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
SECURITY = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "X-Download-Options": "noopen",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-XSS-Protection": "0",
}
COMMON_HEADERS = {"Content-Type": JSON_TYPE, **ANY_ORIGIN, **SECURITY}
PREFLIGHT_HEADERS = {
    **ANY_ORIGIN,
    "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Origin, cal-api-version, x-cal-client-id, "
    "x-cal-secret-key",
}


class Reached(NamedTuple):
    """What a call reaches: the route (None: nothing), the values in its path, its query as text, its version."""

    route: Route | None
    params: dict[str, str]
    path: str
    query: str
    version: str


@dataclass(slots=True)
class Api:
    """Cal.com's API on one universe."""

    universe: Universe
    router: Router

    def reach(self, call: Call) -> Reached:
        """Return what a call reaches."""
        path, query = normal_path(call.target)
        version = read_version(call.headers.get(HEADER))
        found = self.router.find("GET" if call.method == "HEAD" else call.method, path, version)
        route, params = found or (None, {})
        return Reached(route, params, path, query, version)

    async def answer(self, call: Call, reached: Reached) -> Answer:
        """Return what Cal.com answers. Never raises for anything a caller can send."""
        headers = COMMON_HEADERS | {"X-Request-Id": self.universe.outside.ids.request_id()}
        if call.method == "OPTIONS":
            return Answer(204, b"", headers | PREFLIGHT_HEADERS)
        try:
            answer = await self._serve(call, reached, headers)
        except ApiError as error:
            body = error.body(call.target, iso(self.universe.now_ms()))
            answer = Answer(error.status, encode(body))
        answer.headers = {**headers, **answer.headers} if answer.headers else headers
        if call.method == "HEAD":
            answer.body = b""
        return answer

    async def _serve(self, call: Call, reached: Reached, headers: dict[str, str]) -> Answer:
        body = _parsed(call)
        route = reached.route
        if route is None:
            raise not_found(f"Cannot {call.method} {call.target}")
        universe, authorization = self.universe, call.headers.get("Authorization")
        caller = find_caller(universe.directory, authorization)
        now_ms = universe.now_ms()
        subject = f"key:{caller.id}" if caller else f"address:{call.peer}"
        allowance = universe.rate_limit.take(subject, now_ms)
        if allowance is not None:
            headers.update(allowance.headers())
            if allowance.blocked:
                raise too_many_requests()
        refuse_stranger(route.access, caller, authorization, now_ms)
        return await route.handler(
            Request(universe, reached.version, caller, reached.params, reached.query, body, call.target)
        )


def _parsed(call: Call) -> Any:
    """Return the body as JSON; None without one. Like Cal.com's parser it takes objects and arrays only."""
    if not call.body or "json" not in call.headers.get("Content-Type", "").lower():
        return None
    try:
        body = decode(call.body)
    except ValueError as error:
        raise bad_request(f"Unexpected token in JSON: {error}") from None
    if not isinstance(body, (dict, list)):
        raise bad_request("Unexpected token in JSON: an object or an array was expected")
    return body
