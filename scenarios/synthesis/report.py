"""What a search found, as lines for a person and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity
from scenarios.synthesis.hypotheses import Hypothesis
from scenarios.synthesis.search import FACTORS, SEEDS, Circumstance, Synthesis

_NAMES = {
    "skew_s": "clocks",
    "identity": "attendee",
    "kind": "event type",
    "profile": "profile",
    "entry": "entry path",
}
_IDENTITIES = {
    AttendeeIdentity.SHARED: "one e-mail address shared by all callers",
    AttendeeIdentity.PER_CALL: "an e-mail address for each call",
    AttendeeIdentity.PER_CUSTOMER: "an e-mail address for each customer",
}
_ENTRIES = {
    Entry.COLLECT: "booked during the call (collect_appointment)",
    Entry.AFTER_CALL: "booked after the call (create_from_call)",
}
DIFFERENCES_MAX = 5


def lines(found: Synthesis) -> Iterator[str]:
    """The report, a line each."""
    yield found.logged.incident
    yield f"{found.played} sets of circumstances played, {len(found.matching)} leave exactly what was logged"
    allowed = found.logged.skews_s()
    if allowed is not None:
        low, high = allowed
        bounds = f"more than {low:.3f} and up to {high:.3f} s"
        yield f"the rows allow that Cal.com's clock was {bounds} ahead of the gateway's"
    if found.explanation is None:
        yield f"no explanation; the nearest: {in_words(found.nearest)}"
        yield from (f"  {difference}" for difference in found.differences[:DIFFERENCES_MAX])
        return
    yield "the smallest explanation:"
    for circumstance in sorted(found.explanation.circumstances, key=_weight):
        yield from _circumstance(circumstance)
    yield f"  what was not logged {_seeds(found.explanation.seeds_match)}"


def in_words(hypothesis: Hypothesis) -> str:
    """All its circumstances."""
    return ", ".join(value_in_words(factor, getattr(hypothesis, factor)) for factor in FACTORS)


def value_in_words(factor: str, value: Any) -> str:
    """One value of one factor."""
    match factor:
        case "skew_s":
            side = "ahead of" if value > 0 else "behind"
            return "both clocks alike" if value == 0 else f"Cal.com's clock {abs(value):g} s {side} the gateway's"
        case "identity":
            return _IDENTITIES[value]
        case "entry":
            return _ENTRIES[value]
        case _:
            return str(value)


def document(found: Synthesis) -> dict[str, Any]:
    """Everything as JSON values."""
    explanation = found.explanation
    all_of = () if explanation is None else explanation.circumstances
    return {
        "incident": found.logged.incident,
        "played": found.played,
        "skew_between_s": found.logged.skews_s(),
        "matching": [_values(hypothesis) for hypothesis in found.matching],
        "smallest": None if explanation is None else _values(explanation.smallest),
        "needed": {one.factor: {"value": one.value, "otherwise": _otherwise(one)} for one in all_of if one.is_needed},
        "narrowed": {
            one.factor: {"values": _matching(one), "otherwise": _otherwise(one)}
            for one in all_of
            if one.others_match and one.otherwise
        },
        "does_not_matter": {one.factor: _matching(one) for one in all_of if one.does_not_matter},
        "seeds_match": [] if explanation is None else list(explanation.seeds_match),
        "nearest": {**_values(found.nearest), "differences": list(found.differences)},
    }


def _weight(circumstance: Circumstance) -> int:
    """The needed first, what does not matter last."""
    return int(not circumstance.is_needed) + int(circumstance.does_not_matter)


def _circumstance(one: Circumstance) -> Iterator[str]:
    values = [value_in_words(one.factor, value) for value in _matching(one)]
    if one.does_not_matter:
        yield f"  {_NAMES[one.factor]}: does not matter ({'; '.join(values)})"
        return
    yield f"  {_NAMES[one.factor]}: {', or '.join(values)}"
    for other, difference in one.otherwise:
        yield f"    else ({value_in_words(one.factor, other)}) {difference}"


def _seeds(matching: tuple[int, ...]) -> str:
    if len(matching) == SEEDS:
        return f"does not matter: {SEEDS} of {SEEDS} seeds match"
    return f"matters: {len(matching)} of {SEEDS} seeds match ({', '.join(map(str, matching))})"


def _matching(circumstance: Circumstance) -> tuple[Any, ...]:
    return (circumstance.value, *circumstance.others_match)


def _otherwise(circumstance: Circumstance) -> dict[str, str]:
    return {str(other): told for other, told in circumstance.otherwise}


def _values(hypothesis: Hypothesis) -> dict[str, Any]:
    return {factor: getattr(hypothesis, factor) for factor in FACTORS}
