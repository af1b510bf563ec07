"""Rules judge messages: what becomes of one on its way. The first rule that applies decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Message:
    """One message between named endpoints. `label` says what it is, as `POST /v2/bookings`."""

    source: str
    target: str
    label: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Pass:
    """The message arrives."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The message arrives so many virtual seconds later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is lost, and nobody is told."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The message is lost, and the sender is told that the connection broke."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The message arrives, and again so many virtual seconds later."""

    again_after_s: float = 0.0


Fate = Pass | Delay | Drop | Reset | Duplicate


class Rule(Protocol):
    """Judges one message: its fate, or None when the rule does not apply to it."""

    def judge(self, message: Message) -> Fate | None:
        """The fate of the message."""
        ...


class Match:
    """A rule for messages of a route: from, to, and a part of the label; empty means any.

    It spares the first `skip` matching messages, and then applies `times` times (None: always).
    """

    def __init__(
        self,
        fate: Fate,
        *,
        source: str = "",
        target: str = "",
        label: str = "",
        skip: int = 0,
        times: int | None = None,
    ) -> None:
        self._fate = fate
        self._source = source
        self._target = target
        self._label = label
        self._skip = skip
        self._times = times
        self.hits = 0
        """How often the rule decided a fate."""

    def judge(self, message: Message) -> Fate | None:
        """The rule's fate for a message of its route."""
        if not self._is_of_route(message) or (self._times is not None and self.hits >= self._times):
            return None
        if self._skip > 0:
            self._skip -= 1
            return None
        self.hits += 1
        return self._fate

    def _is_of_route(self, message: Message) -> bool:
        return (
            self._source in ("", message.source)
            and self._target in ("", message.target)
            and self._label in message.label
        )


class Sometimes:
    """A rule that applies only when the run's choices say so, with these odds in random runs."""

    def __init__(self, rule: Rule, name: str, odds: float, chance: Callable[[str, float, str], bool]) -> None:
        self._rule = rule
        self._name = name
        self._odds = odds
        self._chance = chance

    def judge(self, message: Message) -> Fate | None:
        """Ask the choices whether the inner rule applies this time."""
        if not self._chance(f"{self._name} {message.label}", self._odds, "faults"):
            return None
        return self._rule.judge(message)


def judge(rules: Sequence[Rule], message: Message) -> Fate:
    """The fate by the first rule that applies; Pass when none does."""
    for rule in rules:
        fate = rule.judge(message)
        if fate is not None:
            return fate
    return Pass()
