"""The operator's page: what the metrics and the last 24 hours say, drawn. It shows counts, never a person.

The page's files come from the package and ask nobody but this gateway: `/metrics`, and `/dashboard/recent.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from aiohttp import web

TYPES: Mapping[str, str] = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
PAGE = "dashboard.html"
NAMES = frozenset({PAGE, "dashboard.css", "metrics.js", "chart.js", "dashboard.js"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class DashboardDoor:
    """Unsigned, as the metrics are. `recent` gives the last 24 hours as JSON values."""

    def __init__(self, recent: Callable[[], Mapping[str, object]]) -> None:
        self._recent = recent

    def routes(self) -> list[web.RouteDef]:
        """The page, its files, and what it draws."""
        return [
            web.get("/dashboard", self._show),
            web.get("/dashboard/recent.json", self._tell_recent),
            web.get("/dashboard/{name}", self._serve_file),
        ]

    async def _show(self, _: web.Request) -> web.Response:
        return _file(PAGE)

    async def _serve_file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in NAMES:
            raise web.HTTPNotFound
        return _file(name)

    async def _tell_recent(self, _: web.Request) -> web.Response:
        return web.json_response(self._recent(), headers={"Cache-Control": "no-store"})


def _file(name: str) -> web.Response:
    return web.Response(
        body=files(__package__).joinpath("static", name).read_bytes(),
        headers={
            "Content-Type": f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        },
    )
