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
        yield f"the logged instants allow a clock of Cal.com's {low:.3f} to {high:.3f} s ahead of the gateway's"
    if found.explanation is None:
        yield f"no explanation; the nearest: {in_words(found.nearest)}"
        yield from (f"  {difference}" for difference in found.differences[:DIFFERENCES_MAX])
        return
    needed = [one for one in found.explanation.circumstances if one.is_needed]
    free = [one for one in found.explanation.circumstances if not one.is_needed]
    yield "the smallest explanation:"
    for circumstance in needed:
        yield from _needed(circumstance)
    for circumstance in free:
        yield f"  {_NAMES[circumstance.factor]}: does not matter ({_choices(circumstance)})"
    yield f"  what was not logged does not matter: {len(found.explanation.seeds_match)} of {SEEDS} seeds match"


def in_words(hypothesis: Hypothesis) -> str:
    """All its circumstances."""
    return ", ".join(value_in_words(factor, getattr(hypothesis, factor)) for factor in FACTORS)


def value_in_words(factor: str, value: Any) -> str:
    """One value of one factor."""
    match factor:
        case "skew_s":
            return "both clocks alike" if value == 0 else f"Cal.com's clock {value:g} s ahead of the gateway's"
        case "identity":
            return _IDENTITIES[value]
        case "entry":
            return _ENTRIES[value]
        case _:
            return str(value)


def document(found: Synthesis) -> dict[str, Any]:
    """Everything as JSON values."""
    explanation = found.explanation
    return {
        "incident": found.logged.incident,
        "played": found.played,
        "skew_between_s": found.logged.skews_s(),
        "matching": [_values(hypothesis) for hypothesis in found.matching],
        "smallest": None if explanation is None else _values(explanation.smallest),
        "needed": {} if explanation is None else _needs(explanation.circumstances),
        "seeds_match": [] if explanation is None else list(explanation.seeds_match),
        "nearest": {**_values(found.nearest), "differences": list(found.differences)},
    }


def _needed(circumstance: Circumstance) -> Iterator[str]:
    yield f"  {_NAMES[circumstance.factor]}: {value_in_words(circumstance.factor, circumstance.value)}"
    for other, difference in circumstance.otherwise:
        yield f"    else ({value_in_words(circumstance.factor, other)}) {difference}"


def _choices(circumstance: Circumstance) -> str:
    matching = (circumstance.value, *circumstance.others_match)
    return "; ".join(value_in_words(circumstance.factor, value) for value in matching)


def _needs(circumstances: tuple[Circumstance, ...]) -> dict[str, Any]:
    return {
        one.factor: {"value": one.value, "otherwise": {str(other): told for other, told in one.otherwise}}
        for one in circumstances
        if one.is_needed
    }


def _values(hypothesis: Hypothesis) -> dict[str, Any]:
    return {factor: getattr(hypothesis, factor) for factor in FACTORS}
