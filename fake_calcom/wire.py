"""A request and an answer as the fake sees them, whichever door they came through."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.faults.mischief import Mischief

BODY_BYTES_MAX = 1024 * 1024
JSON_TYPE = "application/json; charset=utf-8"


class Call(NamedTuple):
    """One request: `target` is the path with its query, as sent; header names are looked up in any case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    peer: str = "127.0.0.1"


@dataclass(slots=True)
class Answer:
    """One answer. `mischief` tells the door what to do to it on the way out (see `faults`)."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    mischief: Mischief | None = None


def encode(value: Any) -> bytes:
    """Return JSON bytes, compact, text unescaped (beside a lone surrogate it is escaped: UTF-8 has no such byte)."""
    try:
        return bytes(memoryview(orjson.dumps(value)))  # a copy: what orjson returns holds 8 KB, however short
    except TypeError:  # what it does not print: a lone surrogate, a number beyond 64 bits, deep nesting
        return json.dumps(value, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """Return the JSON value of bytes; ValueError with the parser's words when they are not JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _decode_as_javascript(data)


def _decode_as_javascript(data: bytes) -> Any:
    """Return what orjson does not take and JavaScript does: a lone surrogate, a number beyond a double."""
    try:
        return _DECODER.decode(data.decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None


def readable(body: bytes) -> Any:
    """Return a body as JSON where it is, as text otherwise, and None when it is empty."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def success(data: Any) -> Answer:
    """Return a 200 with `data` in Cal.com's success envelope."""
    return Answer(200, encode({"status": "success", "data": data}))


def success_bytes(data: bytes, status: int = 200) -> Answer:
    """Return an answer whose `data` is JSON that was encoded before."""
    return Answer(status, b'{"status":"success","data":' + data + b"}")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not valid JSON")


def _finite(text: str) -> float | None:
    """Return the number, or None beyond the range of a double: JavaScript prints an Infinity as null."""
    value = float(text)
    return value if math.isfinite(value) else None


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
