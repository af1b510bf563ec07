"""Other times to offer: the nearest free starts, those of the same day first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from booking_core.domain.business import Business
from booking_core.ports.calcom import CalcomClient, CalcomUnavailableError


def nearest_starts(free: Iterable[datetime], wanted: datetime, zone: tzinfo, count: int) -> tuple[datetime, ...]:
    """The `count` starts nearest to the wanted one (itself left out), those of its local day before all others."""
    day = wanted.astimezone(zone).date()

    def distance(start: datetime) -> tuple[bool, timedelta, datetime]:
        return start.astimezone(zone).date() != day, abs(start - wanted), start

    return tuple(sorted({start for start in free if start != wanted}, key=distance)[:count])


def local_day(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """A day's first instant and the next day's first instant; 23 or 25 hours apart when clocks change."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


class Alternatives:
    """Asks Cal.com for free starts around a wanted one; knows nothing better than silence when it cannot."""

    def __init__(self, *, calcom: CalcomClient, business: Business) -> None:
        self._calcom = calcom
        self._business = business

    async def near(self, event_type_id: int, wanted: datetime, now: datetime) -> tuple[datetime, ...]:
        """The nearest free starts still ahead; () when Cal.com cannot be asked."""
        zone, count = self._business.time_zone, self._business.alternatives_max
        wanted = max(wanted, now)
        first, last = local_day(wanted.astimezone(zone).date(), zone)
        around = timedelta(days=self._business.alternatives_days)
        try:
            free = await self._free(event_type_id, first, last, now)
            if len(nearest_starts(free, wanted, zone, count)) < count:
                free = await self._free(event_type_id, max(first - around, now), last + around, now)
        except CalcomUnavailableError:
            return ()
        return nearest_starts(free, wanted, zone, count)

    async def _free(self, event_type_id: int, start: datetime, end: datetime, now: datetime) -> Sequence[datetime]:
        return [free for free in await self._calcom.free_starts(event_type_id, start, end) if free > now]
