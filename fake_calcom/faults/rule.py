"""One rule of a fault plan: what it meets, when it strikes, and what it does."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from fake_calcom.times import MS_PER_SECOND, iso

if TYPE_CHECKING:
    from collections.abc import Mapping

BEFORE, AFTER_COMMIT, MID_BODY, WEBHOOK = "before", "after_commit", "mid_body", "webhook"
PHASES_OF_EFFECT: Mapping[str, tuple[str, ...]] = {
    "status": (BEFORE, AFTER_COMMIT),
    "delay": (BEFORE, AFTER_COMMIT, WEBHOOK),
    "drop_before": (BEFORE, WEBHOOK),
    "drop_after": (AFTER_COMMIT, WEBHOOK),
    "reset": (BEFORE, AFTER_COMMIT, MID_BODY),
    "truncate": (MID_BODY,),
    "malformed_json": (AFTER_COMMIT,),
    "slow_body": (MID_BODY,),
    "duplicate": (BEFORE, WEBHOOK),
    "stale_read": (BEFORE,),
    "hold": (WEBHOOK,),
    "reorder": (WEBHOOK,),
}


@dataclass(slots=True, frozen=True)
class Subject:
    """What a rule looks at: one request, or one webhook about to leave (`trigger` is then its name)."""

    operation: str
    method: str
    path: str
    pattern: str
    now_ms: int
    trigger: str | None = None


@dataclass(slots=True, frozen=True)
class Matcher:
    """Which requests are meant. None leaves a condition out; `path` may hold `*`, or be a route's own path."""

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    trigger: str | None = None

    def meets(self, subject: Subject) -> bool:
        """Tell whether a request or webhook is meant."""
        return (
            (self.operation is None or self.operation == subject.operation)
            and (self.method is None or self.method == subject.method)
            and (self.path is None or self.path == subject.pattern or fnmatchcase(subject.path, self.path))
            and (self.trigger is None or self.trigger == subject.trigger)
        )


@dataclass(slots=True, frozen=True)
class When:
    """At which of its meetings a rule strikes: every condition that is given has to hold.

    nth, first, every count meetings from one; since_ms and until_ms are on the fake's clock, the end excluded.
    """

    nth: int | None = None
    first: int | None = None
    every: int | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    probability: float | None = None

    def holds(self, meeting: int, now_ms: int, chance: random.Random) -> bool:
        """Tell whether to strike at this meeting. A probability draws once for each, whatever else holds."""
        lucky = self.probability is None or chance.random() < self.probability
        return (
            lucky
            and (self.nth is None or meeting == self.nth)
            and (self.first is None or meeting <= self.first)
            and (self.every is None or meeting % self.every == 0)
            and (self.since_ms is None or now_ms >= self.since_ms)
            and (self.until_ms is None or now_ms < self.until_ms)
        )


@dataclass(slots=True, frozen=True)
class Effect:
    """What happens. `seconds` are the client's (of the event loop); for a webhook they are the fake's clock's."""

    kind: str
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    bytes_sent: int | None = None


@dataclass(slots=True)
class Rule:
    """One rule with its counts: `met` requests fitted the matcher, `hits` were struck."""

    id: int
    name: str
    matcher: Matcher
    phase: str
    when: When
    effect: Effect
    times: int | None
    ends_ms: int | None
    given: Mapping[str, Any]
    chance: random.Random
    met: int = 0
    hits: int = 0

    def strikes(self, subject: Subject) -> bool:
        """Count a meeting, and tell whether the rule strikes; spent and expired rules meet nothing."""
        if (self.phase == WEBHOOK) is (subject.trigger is None) or not self.matcher.meets(subject):
            return False
        if self.is_over(subject.now_ms):
            return False
        self.met += 1
        if not self.when.holds(self.met, subject.now_ms, self.chance):
            return False
        self.hits += 1
        return True

    def is_over(self, now_ms: int) -> bool:
        """Tell whether the rule can never strike again: its times are spent, or its time to live is."""
        spent = self.times is not None and self.hits >= self.times
        return spent or (self.ends_ms is not None and now_ms >= self.ends_ms)

    def as_json(self, now_ms: int) -> dict[str, Any]:
        """Return the rule as it was given, with its counts."""
        return {
            "id": self.id,
            **self.given,
            "name": self.name,
            "phase": self.phase,
            "met": self.met,
            "hits": self.hits,
            "over": self.is_over(now_ms),
            "expiresAt": None if self.ends_ms is None else iso(self.ends_ms),
        }


def expiry_ms(now_ms: int, ttl_seconds: float | None) -> int | None:
    """Return when a rule of this time to live ends on the fake's clock; None lives for ever."""
    return None if ttl_seconds is None else now_ms + round(ttl_seconds * MS_PER_SECOND)
