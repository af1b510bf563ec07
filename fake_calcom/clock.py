"""The fake's own clock: frozen, or ticking along with the machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from fake_calcom.times import YEAR_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

ClockMode = Literal["frozen", "ticking"]
BEGINNING = datetime(2025, 10, 6, 8, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until told to move (`frozen`), or runs from where it was put (`ticking`)."""

    def __init__(
        self,
        now: datetime = BEGINNING,
        mode: ClockMode = "frozen",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._base = now.astimezone(UTC)
        self._started_s = monotonic()
        self.mode: ClockMode = mode

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        if self.mode == "frozen":
            return self._base
        return self._base + timedelta(seconds=self._monotonic() - self._started_s)

    def set(self, now: datetime | None = None, mode: ClockMode | None = None) -> None:
        """Put the clock to an instant, change its mode, or both."""
        self._base = (now or self.now()).astimezone(UTC)
        self._started_s = self._monotonic()
        self.mode = mode or self.mode

    def advance(self, seconds: float) -> None:
        """Move forward; ValueError when backwards or beyond the last year that the fake can tell."""
        try:
            later = self.now() + timedelta(seconds=seconds)
        except OverflowError:
            later = datetime.max.replace(tzinfo=UTC)
        if seconds < 0 or later.year > YEAR_MAX:
            raise ValueError(f"a clock advances by 0 or more seconds and up to the year {YEAR_MAX}: {seconds}")
        self.set(later)
