"""The page's own files, served from the package: nothing is fetched from anywhere else, and nothing runs inline."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from fake_calcom.wire import JSON_TYPE, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = "/__fake__"
BELOW = "/__fake__/page/"
TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": JSON_TYPE,
}
NAMES = frozenset((
    *("index.html", "style.css", "controls.css", "calendar.css", "icon.svg", "sample_world.json"),
    *("main.js", "api.js", "dom.js", "zone.js", "calendar.js", "journal.js", "faults.js", "clock.js", "world.js"),
    *("outbox.js", "detail.js"),
))  # fmt: skip
# Text is escaped where it is shown; the policy is the second lock: no inline script, no other origin, no frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def find_asset(method: str, path: str) -> Answer | None:
    """Return the page or one of its files; None when the path is neither."""
    name = "index.html" if path == PAGE else path.removeprefix(BELOW)
    if method not in ("GET", "HEAD") or name not in NAMES or (name == path and path != PAGE):
        return None
    return Answer(200, _read(name), _headers(name))


def _read(name: str) -> bytes:
    return files(__package__).joinpath("static", name).read_bytes()


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Type": TYPES[name.rpartition(".")[2]],
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
