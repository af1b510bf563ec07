"""The search: play every hypothesis, keep those that leave what was logged, and find out what each circumstance does.

The smallest explanation is the matching hypothesis that departs least from the innocent one. A circumstance is needed
when no other value of it matches, everything else being equal; the first difference says what would have come then.
It does not matter when every other value matches, too; in between, some values do and the others do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity
from scenarios.scenario import Scenario
from scenarios.synthesis.hypotheses import Hypothesis, Kind, every_setting, other_skews, scenario_of, skews
from scenarios.synthesis.logged import Logged
from scenarios.synthesis.matching import differences
from scenarios.theatre import Theatre

SEEDS = 5
FACTORS = ("skew_s", "identity", "kind", "profile", "entry")
INNOCENT: dict[str, Any] = {
    "skew_s": 0.0,
    "identity": AttendeeIdentity.PER_CALL,
    "kind": Kind.PLAIN,
    "profile": "hardened",
    "entry": Entry.COLLECT,
}


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One factor of the explanation: its value, what else would match, and what another value would have left."""

    factor: str
    value: Any
    others_match: tuple[Any, ...]
    otherwise: tuple[tuple[Any, str], ...]

    @property
    def is_needed(self) -> bool:
        """Whether nothing else that was tried in its place leaves what was logged."""
        return bool(self.otherwise) and not self.others_match

    @property
    def does_not_matter(self) -> bool:
        """Whether everything else that was tried in its place leaves what was logged as well."""
        return bool(self.others_match) and not self.otherwise


@dataclass(frozen=True, slots=True)
class Explanation:
    """What brings the logged history about. `seeds_match`: of how many seeds it does so."""

    smallest: Hypothesis
    circumstances: tuple[Circumstance, ...]
    seeds_match: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The end of a search. Without an explanation `nearest` and its differences are what came closest."""

    logged: Logged
    played: int
    matching: tuple[Hypothesis, ...]
    explanation: Explanation | None
    nearest: Hypothesis
    differences: tuple[str, ...]


class Search:
    """One search; a hypothesis is played once and remembered. `progress` hears of each that was played."""

    def __init__(self, theatre: Theatre, logged: Logged, progress: Callable[[], None] = lambda: None) -> None:
        self._theatre = theatre
        self._logged = logged
        self._progress = progress
        self._known: dict[Hypothesis, tuple[str, ...]] = {}

    def run(self) -> Synthesis:
        """Play everything, then explain."""
        candidates = hypotheses(self._logged)
        matching = tuple(h for h in candidates if not self.differences(h))
        nearest = min(candidates, key=lambda h: (len(self.differences(h)), _guilt(h)))
        explanation = self._explain(min(matching, key=_guilt)) if matching else None
        return Synthesis(self._logged, len(self._known), matching, explanation, nearest, self.differences(nearest))

    def differences(self, hypothesis: Hypothesis) -> tuple[str, ...]:
        """What it would have left otherwise than logged."""
        if hypothesis not in self._known:
            scenario: Scenario = scenario_of(self._logged, hypothesis)
            seen = self._theatre.perform(scenario, hypothesis.settings()).seen
            self._known[hypothesis] = tuple(differences(self._logged, seen, hypothesis.entry))
            self._progress()
        return self._known[hypothesis]

    def _explain(self, smallest: Hypothesis) -> Explanation:
        circumstances = tuple(self._circumstance(smallest, factor) for factor in FACTORS)
        seeds = tuple(seed for seed in range(SEEDS) if not self.differences(replace(smallest, seed=seed)))
        return Explanation(smallest, circumstances, seeds)

    def _circumstance(self, smallest: Hypothesis, factor: str) -> Circumstance:
        value = getattr(smallest, factor)
        others = dict.fromkeys(getattr(h, factor) for h in hypotheses(self._logged))
        if factor == "skew_s":
            others |= dict.fromkeys(other_skews(self._logged))
        told = [(other, self.differences(_with(smallest, factor, other))) for other in others if other != value]
        return Circumstance(
            factor,
            value,
            tuple(other for other, found in told if not found),
            tuple((other, found[0]) for other, found in told if found),
        )


def hypotheses(logged: Logged) -> list[Hypothesis]:
    """A skew that the logged instants allow, and none at all, each in every setting."""
    return [hypothesis for skew_s in skews(logged) for hypothesis in every_setting(skew_s)]


def _with(hypothesis: Hypothesis, factor: str, value: Any) -> Hypothesis:
    changed: dict[str, Any] = {factor: value}
    return replace(hypothesis, **changed)


def _guilt(hypothesis: Hypothesis) -> int:
    """How many circumstances are other than innocent."""
    return sum(getattr(hypothesis, factor) != innocent for factor, innocent in INNOCENT.items())
