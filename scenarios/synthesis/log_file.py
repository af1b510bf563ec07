"""Reads a file of what was logged: a JSON object whose lists hold the entries of `logged.py`, nothing else.

Whatever is wrong is refused with its path, what was found there, and what was expected.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from booking_core.domain.outcomes import Layer, Status, Verdict
from scenarios.errors import UsageError
from scenarios.synthesis.logged import (
    Logged,
    LoggedAnswer,
    LoggedAppointment,
    LoggedBooking,
    LoggedCall,
    LoggedTaken,
    LoggedWish,
    LoggedWord,
)

BYTES_MAX = 1024 * 1024
SHOWN_MAX = 40  # characters of a wrong value that a message repeats
SECONDS_MAX = 1e9  # some thirty years
Entry = TypeVar("Entry")

LISTS: Mapping[str, type] = {
    "calls": LoggedCall,
    "wishes": LoggedWish,
    "appointments": LoggedAppointment,
    "bookings": LoggedBooking,
    "taken": LoggedTaken,
    "answers": LoggedAnswer,
    "layers": LoggedWord,
}
OPTIONAL_LISTS = {"taken", "answers", "layers"}


def read_logged(path: Path) -> Logged:
    """The file's content; UsageError says what is wrong, where, and what was expected."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise UsageError(f"{path}: larger than {BYTES_MAX} bytes")
        content = json.loads(path.read_bytes())
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from None
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path}: is not JSON: {problem}") from None
    try:
        return logged_from(content)
    except UsageError as problem:
        raise UsageError(f"{path}: {problem}") from None


def logged_from(content: Any) -> Logged:
    """The JSON value as an incident; UsageError with the place of what is wrong."""
    if not isinstance(content, dict):
        raise UsageError(f"expected an object, found {_shown(content)}")
    _refuse_unknown(content, "", ["incident", *LISTS])
    lists: dict[str, Any] = {
        name: _entries(content, name, kind)
        for name, kind in LISTS.items()
        if name in content or name not in OPTIONAL_LISTS
    }
    logged = Logged(incident=_value(content.get("incident", "an incident"), "incident", "str"), **lists)
    _check_references(logged)
    return logged


def _check_references(logged: Logged) -> None:
    known = {call.id for call in logged.calls}
    if len(known) != len(logged.calls):
        raise UsageError("calls: two of them have the same id")
    if not logged.wishes:
        raise UsageError("wishes: expected at least one")
    for where, call_id in _named_calls(logged):
        if call_id not in known:
            raise UsageError(f"{where}: there is no call {call_id}")
    uids = {booking.uid for booking in logged.bookings}
    for number, answer in enumerate(logged.answers):
        if answer.booking not in uids:
            raise UsageError(f"answers[{number}].booking: there is no booking {_shown(answer.booking)}")
    _check_order(logged)


def _named_calls(logged: Logged) -> Iterator[tuple[str, int]]:
    yield from ((f"wishes[{n}].call", wish.call) for n, wish in enumerate(logged.wishes))
    yield from ((f"appointments[{n}].call_id", row.call_id) for n, row in enumerate(logged.appointments))
    yield from ((f"answers[{n}].call", answer.call) for n, answer in enumerate(logged.answers))
    yield from ((f"layers[{n}].call", word.call) for n, word in enumerate(logged.layers))


def _check_order(logged: Logged) -> None:
    """A call's wishes stand in their order, and the instant of the last one is known."""
    for call in logged.calls:
        mine = [(number, wish.at) for number, wish in enumerate(logged.wishes) if wish.call == call.id]
        if mine and mine[-1][1] is None:
            wanted = f"{_WANTED['datetime']}, as call {call.id} has no later wish"
            raise UsageError(f"wishes[{mine[-1][0]}].at: expected {wanted}, found null")
        latest = datetime.min.replace(tzinfo=UTC)
        for number, at in mine:
            if at is not None and at < latest:
                raise UsageError(f"wishes[{number}].at: expected no earlier than the wish of call {call.id} before it")
            latest = at or latest


def _entries(content: dict[str, Any], name: str, kind: type[Entry]) -> tuple[Entry, ...]:
    if name not in content:
        raise UsageError(f"{name}: missing; expected a list")
    given = content[name]
    if not isinstance(given, list):
        raise UsageError(f"{name}: expected a list, found {_shown(given)}")
    return tuple(_entry(value, f"{name}[{number}]", kind) for number, value in enumerate(given))


def _entry(value: Any, where: str, kind: type[Entry]) -> Entry:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: expected an object, found {_shown(value)}")
    shape = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    _refuse_unknown(value, f"{where}.", list(shape))
    read: dict[str, Any] = {}
    for name, field in shape.items():
        if name in value:
            read[name] = _value(value[name], f"{where}.{name}", str(field.type))
        elif field.default is MISSING:
            raise UsageError(f"{where}.{name}: missing; expected {_wanted(str(field.type))}")
    return kind(**read)


def _refuse_unknown(value: dict[str, Any], where: str, known: list[str]) -> None:
    for name in value:
        if name not in known:
            shown = name if name.isidentifier() and len(name) <= SHOWN_MAX else _shown(name)
            raise UsageError(f"{where}{shown}: not known; expected {', '.join(known)}")


def _value(value: Any, where: str, kind: str) -> Any:
    """The value, read as its field's annotation says."""
    if value is None and kind.endswith(" | None"):
        return None
    read = _READ[kind.removesuffix(" | None")](value)
    if read is None:
        raise UsageError(f"{where}: expected {_wanted(kind)}, found {_shown(value)}")
    return read


def _wanted(kind: str) -> str:
    return _WANTED[kind.removesuffix(" | None")] + (" or null" if kind.endswith(" | None") else "")


def _shown(value: Any) -> str:
    """What was found, in a few characters and as JSON writes it."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str() if len(value) > SHOWN_MAX:
            return f"{json.dumps(value[:SHOWN_MAX])}…"
        case _:
            return json.dumps(value)[:SHOWN_MAX]


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None


def _seconds(value: Any) -> float | None:
    return float(value) if type(value) in {int, float} and abs(value) <= SECONDS_MAX else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value and value.isprintable() else None


def _instant(value: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo is not None and 2000 <= instant.year <= 2100 else None


def _member(kind: type[Enum], value: Any) -> Enum | None:
    return next((one for one in kind if type(value) is type(one.value) and value == one.value), None)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "int": _number,
    "float": _seconds,
    "str": _text,
    "datetime": _instant,
    "Status": partial(_member, Status),
    "Layer": partial(_member, Layer),
    "Verdict": partial(_member, Verdict),
}
_WANTED = {
    "int": "a whole number from 0",
    "float": "a number of seconds",
    "str": "a text of printable characters",
    "datetime": "an ISO 8601 instant with its offset, between 2000 and 2100",
    **{kind.__name__: f"one of {', '.join(str(one.value) for one in kind)}" for kind in (Status, Layer, Verdict)},
}
