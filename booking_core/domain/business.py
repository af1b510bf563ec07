"""What the business is: facts of the company that the use cases need, none of them a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def _berlin() -> ZoneInfo:
    return ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Business:
    """The company whose phone is answered, and how far its patience goes."""

    fallback_email: str  # the attendee of callers who give none, plus-addressed unless the identity is shared
    time_zone: ZoneInfo = field(default_factory=_berlin)
    alternatives_max: int = 3
    alternatives_days: int = 7  # how far around the wanted day alternatives are looked for
    in_flight_s: float = 30.0  # an open attempt younger than this may be at Cal.com: longer than a create (20 s)
    reconcile_past_days: int = 1  # the window in which ghosts and orphans are looked for, around now
    reconcile_future_days: int = 60
    notifications_batch: int = 50
    notification_tries_max: int = 5

    def watched_window(self, now: datetime) -> tuple[datetime, datetime]:
        """The window in which bookings at Cal.com are compared with what is on record."""
        return now - timedelta(days=self.reconcile_past_days), now + timedelta(days=self.reconcile_future_days)
