"""Verdicts on a journal: was it called so often, never, in this order; and if not, what came nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import FakeCalcomError, WorldError
from fake_calcom.wire import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fake_calcom.journal import Entry

NEAR_MISSES_MAX = 3
ABSENT = "<absent>"
PLACES = ("method", "path", "query", "status", "headers", "body", "answer")


class VerdictError(FakeCalcomError, AssertionError):
    """You get it when the journal does not hold what was claimed; the text shows the nearest calls."""


@dataclass(slots=True, frozen=True)
class Difference:
    """One field in which a call differs from what was wanted."""

    field: str
    wanted: Any
    given: Any


@dataclass(slots=True, frozen=True)
class NearMiss:
    """A call that was not meant, and why not."""

    entry: Entry
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the near miss as JSON values."""
        differences = [{"field": d.field, "wanted": d.wanted, "given": d.given} for d in self.differences]
        return {"call": self.entry.number, "operation": self.entry.operation, "differences": differences}

    def __str__(self) -> str:
        told = "; ".join(f"{d.field}: wanted {d.wanted!r}, given {d.given!r}" for d in self.differences)
        return f"call {self.entry.number} {self.entry.operation}: {told}"


@dataclass(slots=True, frozen=True)
class Wish:
    """Calls of an operation (None: of any) whose fields hold these values.

    where: an object with members of `method`, `path`, `query`, `status`, `headers`, `body` and `answer`; inside
    `body`, `answer` and `headers` only what is named counts.
    """

    operation: str | None
    where: Mapping[str, Any]

    def differences(self, entry: Entry) -> tuple[Difference, ...]:
        """Return what keeps an entry from being meant; empty when it is."""
        found = [] if self.operation in (None, entry.operation) else [_operation(self, entry)]
        return (*found, *_differences("", dict(self.where), seen(entry)))


def wish(operation: str | None = None, where: Mapping[str, Any] | None = None) -> Wish:
    """Return a wish; WorldError when `where` names what no call has."""
    for place in where or ():
        if place not in PLACES:
            raise WorldError(f"expected members of {', '.join(PLACES)}", f"where.{place}")
    return Wish(operation, where or {})


def seen(entry: Entry) -> dict[str, Any]:
    """Return what a wish can be about."""
    return {
        "method": entry.method,
        "path": entry.path,
        "query": entry.target.partition("?")[2],
        "status": entry.status,
        "headers": {name.lower(): value for name, value in entry.headers.items()},
        "body": readable(entry.body),
        "answer": readable(entry.answer_body),
    }


def meant(entries: Iterable[Entry], wanted: Wish) -> list[Entry]:
    """Return the entries that are meant, oldest first."""
    return [entry for entry in entries if not wanted.differences(entry)]


def near_misses(entries: Iterable[Entry], wanted: Wish) -> list[NearMiss]:
    """Return the calls that came nearest to being meant, nearest first."""
    missed = [NearMiss(entry, found) for entry in entries if (found := wanted.differences(entry))]
    return sorted(missed, key=lambda miss: len(miss.differences))[:NEAR_MISSES_MAX]


def refuse_count(entries: Sequence[Entry], wanted: Wish, count: int) -> None:
    """Raise VerdictError unless exactly so many calls are meant."""
    found = len(meant(entries, wanted))
    if found != count:
        lines = [f"{_name(wanted)}: wanted {count} calls, found {found}"]
        if found < count:
            lines += [f"  near miss: {miss}" for miss in near_misses(entries, wanted)]
        else:
            lines += [f"  call {entry.number} {entry.method} {entry.target}" for entry in meant(entries, wanted)]
        raise VerdictError("\n".join(lines))


def refuse_order(entries: Sequence[Entry], wanted: Sequence[Wish]) -> None:
    """Raise VerdictError unless calls are found for the wishes one after the other, others between allowed."""
    at = 0
    for position, one in enumerate(wanted):
        found = next((i for i in range(at, len(entries)) if not one.differences(entries[i])), None)
        if found is None:
            earlier = f" after call {entries[at - 1].number}" if at else ""
            lines = [f"step {position + 1}, {_name(one)}: no such call{earlier}"]
            lines += [f"  near miss: {miss}" for miss in near_misses(entries[at:], one)]
            raise VerdictError("\n".join(lines))
        at = found + 1


def unexpected(entries: Iterable[Entry], expected: Sequence[Wish]) -> list[Entry]:
    """Return the calls that none of the wishes means."""
    return [entry for entry in entries if all(one.differences(entry) for one in expected)]


def _operation(wanted: Wish, entry: Entry) -> Difference:
    return Difference("operation", wanted.operation, entry.operation)


def _differences(path: str, wanted: Any, given: Any) -> Iterator[Difference]:
    if isinstance(wanted, dict) and isinstance(given, dict):
        for name, value in wanted.items():
            key = name.lower() if path == "headers" else name
            yield from _differences(f"{path}.{name}".removeprefix("."), value, given.get(key, ABSENT))
    elif isinstance(wanted, list) and isinstance(given, list):
        for index, value in enumerate(wanted):
            yield from _differences(f"{path}[{index}]", value, given[index] if index < len(given) else ABSENT)
    elif wanted != given or isinstance(wanted, bool) is not isinstance(given, bool):
        yield Difference(path, wanted, given)


def _name(wanted: Wish) -> str:
    return (
        f"{wanted.operation or 'any operation'} where {dict(wanted.where)!r}" if wanted.where else str(wanted.operation)
    )
