"""Routes, and finding the one that a request means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from fake_calcom.auth import Access
from fake_calcom.versions import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.state.entities import User
    from fake_calcom.universe import Universe
    from fake_calcom.wire import Answer


@dataclass(slots=True, frozen=True)
class Query:
    """A query string; `a=1&a=2`, `a[]=1&a[]=2` and `a=1,2` all make the list ["1", "2"]."""

    values: dict[str, list[str]]

    @classmethod
    def parse(cls, text: str) -> Query:
        """Return the query of a target's text after the `?`."""
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True) if text else ():
            values.setdefault(name.removesuffix("[]"), []).append(value)
        return cls(values)

    def one(self, name: str) -> str | None:
        """Return the last value of a parameter, or None."""
        held = self.values.get(name)
        return held[-1] if held else None

    def many(self, name: str) -> list[str] | None:
        """Return a parameter as a list, or None when it is absent."""
        held = self.values.get(name)
        return None if held is None else [item for value in held for item in value.split(",")]


class Request(NamedTuple):
    """One request on its way to a handler."""

    universe: Universe
    version: str
    caller: User | None
    params: dict[str, str]
    query_text: str
    body: Any
    target: str

    @property
    def query(self) -> Query:
        """Return the query, read anew: most routes have none."""
        return Query.parse(self.query_text)

    def me(self) -> User:
        """Return the caller of a route that lets nobody else in."""
        assert self.caller is not None, "the route's access keeps strangers out"
        return self.caller


Handler = Callable[[Request], Awaitable["Answer"]]


@dataclass(slots=True, frozen=True)
class Route:
    """One operation: `operation` is its name in faults, journal and coverage."""

    operation: str
    method: str
    path: str
    handler: Handler
    access: Access = Access.OPTIONAL
    versions: frozenset[str] = EVERY


RESOURCE = 2  # the place of the resource's name among a path's segments: "", "v2", "bookings"


@dataclass(slots=True)
class Router:
    """Finds routes by method, path and version. A path with places names its resource: that narrows the search."""

    routes: tuple[Route, ...]
    _static: dict[tuple[str, str], list[Route]] = field(default_factory=dict)
    _dynamic: dict[tuple[str, int, str], list[tuple[list[str], Route]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for route in self.routes:
            segments = route.path.split("/")
            if "{" in route.path:
                key = (route.method, len(segments), segments[RESOURCE])
                self._dynamic.setdefault(key, []).append((segments, route))
            else:
                self._static.setdefault((route.method, route.path), []).append(route)

    def find(self, method: str, path: str, version: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a request and the values in its path; None when nothing serves it."""
        for route in self._static.get((method, path), ()):
            if version in route.versions:
                return route, {}
        segments = path.split("/")
        if len(segments) <= RESOURCE:
            return None
        for pattern, route in self._dynamic.get((method, len(segments), segments[RESOURCE]), ()):
            if version in route.versions:
                params = _match(pattern, segments)
                if params is not None:
                    return route, params
        return None


def normal_path(target: str) -> tuple[str, str]:
    """Return a target's path and query: `/api/v2` is `/v2`, and slashes at the end do not count."""
    path, _, query = target.partition("?")
    if "#" in path:
        path = path.partition("#")[0]
    path = path.rstrip("/") or "/"
    if path.startswith("/api/v2"):
        path = path[len("/api") :]
    return path, query


def _match(pattern: Iterable[str], segments: Iterable[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            if not given:
                return None
            params[wanted[1:-1]] = unquote(given) if "%" in given else given
        elif wanted != given:
            return None
    return params
