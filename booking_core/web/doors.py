"""Who may come in: the raw body is read within its limit, its signature checked, and only then is it parsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from booking_core.web.fields import read_object
from booking_core.web.mistakes import ClientMistakeError


@dataclass(frozen=True, slots=True)
class SignedBody:
    """A body whose sender is known by its signature."""

    signature: str
    raw: bytes
    parsed: dict[str, Any]


async def signed_body(request: web.Request, header: str, is_genuine: Callable[[bytes, str], bool]) -> SignedBody:
    """413 over the limit, 401 for a wrong signature, 415 for another content type, 400 for anything but an object."""
    raw, signature = await request.read(), request.headers.get(header, "")
    if not is_genuine(raw, signature):
        raise ClientMistakeError(
            401, "the signature is missing, wrong or too old", where=header, expected="a valid one"
        )
    if request.content_type != "application/json":
        raise ClientMistakeError(415, "this is not JSON", where="Content-Type", expected="application/json")
    return SignedBody(signature, raw, read_object(raw))
