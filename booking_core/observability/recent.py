"""What happened lately, minute by minute: what the dashboard draws. In memory; a restarted gateway begins anew.

Counts and alerts only: nothing here is about a person or a call.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timedelta

from booking_core.domain.events import BookingSettled, Event, LayerJudged
from booking_core.observability.alerts import Alert
from booking_core.ports.world import Clock

KEPT = timedelta(days=1)
ALERTS_MAX = 50
_MINUTE = timedelta(minutes=1)


class Recent:
    """The observer that counts outcomes and rejections by the minute of its clock, for 24 hours."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.now()
        self._minutes: deque[tuple[datetime, Counter[str]]] = deque()
        self._alerts: deque[Alert] = deque(maxlen=ALERTS_MAX)

    def __call__(self, event: Event) -> None:
        """Count what a reader of the dashboard looks for."""
        match event:
            case BookingSettled():
                self._count(event.status.value)
            case LayerJudged() if event.deciding and event.verdict.rejects:
                self._count(f"layer_{int(event.verdict.layer)}")

    def note_alert(self, alert: Alert) -> None:
        """An alert fired: this is the sink that keeps it."""
        self._alerts.append(alert)

    def as_json(self) -> dict[str, object]:
        """`{since, now, minutes: [{at, counts}], alerts}`; minutes without an event are left out."""
        self._forget()
        return {
            "since": self._since.isoformat(),
            "now": self._clock.now().isoformat(),
            "minutes": [{"at": at.isoformat(), "counts": dict(counts)} for at, counts in self._minutes],
            "alerts": [alert.as_json() for alert in reversed(self._alerts)],
        }

    def _count(self, name: str) -> None:
        minute = self._clock.now().replace(second=0, microsecond=0)
        if not self._minutes or self._minutes[-1][0] < minute:  # a clock set back counts into the latest minute
            self._minutes.append((minute, Counter()))
            self._forget()
        self._minutes[-1][1][name] += 1

    def _forget(self) -> None:
        oldest = self._clock.now() - KEPT - _MINUTE
        while self._minutes and self._minutes[0][0] < oldest:
            self._minutes.popleft()
