"""The plan: rules in order, of which the first that strikes wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import FakeCalcomError, WorldError
from fake_calcom.faults.reading import read_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_calcom.faults.rule import Rule, Subject


class UnusedFaultsError(FakeCalcomError, AssertionError):
    """You get it when rules of the plan never struck: the test did not meet what it was written for."""


class FaultPlan:
    """The rules of one universe. `now_ms` tells the fake's time, from which a rule's time to live counts."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._rules: list[Rule] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(tuple(self._rules))

    def add(self, **rule: Any) -> Rule:
        """Add a rule at the end, e.g. `add(operation="createBooking", nth=1, effect="drop_after")`.

        The members are those of `POST /__fake__/faults`; WorldError names the one that is wrong.
        """
        added = read_rule(self._added + 1, rule, self._now_ms())
        self._added += 1
        self._rules.append(added)
        return added

    def remove(self, rule_id: int) -> None:
        """Take a rule out; WorldError when there is none of this id."""
        kept = [rule for rule in self._rules if rule.id != rule_id]
        if len(kept) == len(self._rules):
            raise WorldError(f"no rule has the id {rule_id}", "id")
        self._rules = kept

    def clear(self) -> None:
        """Take every rule out and count ids from one again."""
        self._rules.clear()
        self._added = 0

    def strike(self, subject: Subject) -> Rule | None:
        """Return the first rule that strikes, or None. Rules behind it do not meet this request."""
        return next((rule for rule in self._rules if rule.strikes(subject)), None)

    def may_strike(self, kind: str) -> bool:
        """Tell whether a rule of this effect is still to be reckoned with."""
        now_ms = self._now_ms()
        return any(rule.effect.kind == kind and not rule.is_over(now_ms) for rule in self._rules)

    def unused(self) -> list[Rule]:
        """Return the rules that never struck."""
        return [rule for rule in self._rules if rule.hits == 0]

    def refuse_unused(self) -> None:
        """Raise UnusedFaultsError when a rule never struck, naming each and how often it was met."""
        if unused := self.unused():
            told = "; ".join(f"rule {rule.id} ({rule.name}) met {rule.met} calls" for rule in unused)
            raise UnusedFaultsError(f"faults that never struck: {told}")

    def as_json(self) -> list[dict[str, Any]]:
        """Return every rule with its counts."""
        now_ms = self._now_ms()
        return [rule.as_json(now_ms) for rule in self._rules]
