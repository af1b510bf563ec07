"""Alerts: rules over the last 24 hours, evaluated in the core the moment a fact is told.

Counts live in memory: a restarted gateway begins anew, and the Prometheus rules beside this file
(`prometheus_rules.yml`, the same rules over the metrics) see the whole day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from booking_core.domain.events import BookingSettled, ConstraintViolated, Event, FalselyRejected, LayerJudged
from booking_core.domain.outcomes import Status
from booking_core.ports.world import Clock

WINDOW = timedelta(days=1)


class Severity(StrEnum):
    """How soon somebody must look."""

    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """`concerns` picks the facts that count; the alert fires when there are more than `more_than` in 24 hours."""

    name: str
    severity: Severity
    more_than: int
    concerns: Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired: `count` facts in the 24 hours before `at`."""

    rule: str
    severity: Severity
    count: int
    more_than: int
    at: datetime

    def as_json(self) -> dict[str, object]:
        """The form that sinks write."""
        return {
            "alert": self.rule,
            "severity": self.severity.value,
            "count": self.count,
            "more_than": self.more_than,
            "window_hours": WINDOW // timedelta(hours=1),
            "at": self.at.isoformat(),
        }


class AlertSink(Protocol):
    """Where alerts go. Must not raise and must not block."""

    def __call__(self, alert: Alert, /) -> None:
        """Pass it on."""


def alert_rules() -> tuple[AlertRule, ...]:
    """The four rules of the reports: ten are silent, the eleventh fires; one is enough where none may be."""
    return (
        AlertRule("too_many_rejections", Severity.WARNING, 10, _is_rejection),
        AlertRule("false_rejection", Severity.WARNING, 0, lambda event: isinstance(event, FalselyRejected)),
        AlertRule("unique_violation", Severity.CRITICAL, 0, lambda event: isinstance(event, ConstraintViolated)),
        AlertRule("too_many_duplicates", Severity.WARNING, 10, _is_duplicate),
    )


class Alerts:
    """The observer that keeps count and fires. A rule with a limit fires once, and again after it fell below."""

    def __init__(self, rules: Iterable[AlertRule], sinks: Sequence[AlertSink], clock: Clock) -> None:
        self._watches = [_Watch(rule) for rule in rules]
        self._sinks = sinks
        self._clock = clock

    def __call__(self, event: Event) -> None:
        """Count the fact where it counts."""
        for watch in self._watches:
            if watch.rule.concerns(event):
                alert = watch.count(self._clock.now())
                if alert is not None:
                    self._fire(alert)

    def _fire(self, alert: Alert) -> None:
        for sink in self._sinks:
            sink(alert)


class _Watch:
    """One rule and the instants it counted; no more than 24 hours of them, and no more than can matter."""

    def __init__(self, rule: AlertRule) -> None:
        self.rule = rule
        self._instants: deque[datetime] = deque(maxlen=10_000)
        self._fired = False

    def count(self, now: datetime) -> Alert | None:
        while self._instants and self._instants[0] <= now - WINDOW:
            self._instants.popleft()
        if len(self._instants) <= self.rule.more_than:
            self._fired = False
        self._instants.append(now)
        exceeds = len(self._instants) > self.rule.more_than
        if not exceeds or (self._fired and self.rule.more_than > 0):
            return None
        self._fired = True
        return Alert(self.rule.name, self.rule.severity, len(self._instants), self.rule.more_than, now)


def _is_rejection(event: Event) -> bool:
    return isinstance(event, LayerJudged) and event.deciding and event.verdict.rejects


def _is_duplicate(event: Event) -> bool:
    return isinstance(event, BookingSettled) and event.status is Status.DUPLICATE
