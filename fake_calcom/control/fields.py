"""Reading the members of a control request, with an error that names the member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import WorldError
from fake_calcom.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def known_members(body: Any, names: Iterable[str]) -> Mapping[str, Any]:
    """Return the body as an object with no other members than these."""
    if not isinstance(body, dict):
        raise WorldError("the body is an object")
    known = tuple(names)
    for name in body:
        if name not in known:
            raise WorldError(f"unknown member; expected {', '.join(known)}", name)
    return body


def text(body: Mapping[str, Any], name: str) -> str | None:
    """Return a member that is a text, or None when it is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise WorldError("expected a text", name)
    return value


def whole(body: Mapping[str, Any], name: str) -> int:
    """Return a member that is a whole number, in figures or as a text of them."""
    value = body.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise WorldError("expected a whole number", name)
    return value


def instant(body: Mapping[str, Any], name: str) -> int | None:
    """Return a member that is an ISO 8601 instant, in milliseconds, or None when it is absent."""
    if body.get(name) is None:
        return None
    value = parse_iso(body[name])
    if value is None:
        raise WorldError("expected an ISO 8601 date and time, e.g. 2025-10-06T08:00:00.000Z", name)
    return value
