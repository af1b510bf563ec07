"""What the fake needs from outside: time, identifiers, the way to webhook receivers, and the race window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Clock(Protocol):
    """The time the fake lives in. Read at each request; never moved by the fake itself."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class IdSource(Protocol):
    """Every identifier the fake hands out, so that a replay can hand out the recorded ones."""

    def booking_id(self) -> int:
        """Return the next booking's numeric id."""
        ...

    def booking_uid(self, organizer_username: str, start: datetime, now: datetime) -> str:
        """Return a booking's uid.

        Cal.com derives it from these three values, so equal values may give an equal uid: the fake then
        asks again with `now` one millisecond later.
        """
        ...

    def uuid(self) -> str:
        """Return a version 4 uuid (series, seats, reservations, webhooks)."""
        ...

    def request_id(self) -> str:
        """Return the value of the `X-Request-Id` header of one answer."""
        ...

    def api_key(self, user_key: str) -> str:
        """Return the API key of a world's user; must begin with `cal_`."""
        ...


@runtime_checkable
class RewindableIds(IdSource, Protocol):
    """A source that can go back: loading a world then begins the identifiers anew, and a snapshot holds them."""

    def checkpoint(self) -> Mapping[str, Any]:
        """Return the source's whole position as JSON values, for a snapshot."""
        ...

    def rewind(self, position: Mapping[str, Any]) -> None:
        """Return to a position that `checkpoint` gave."""
        ...


@dataclass(slots=True, frozen=True)
class WebhookRequest:
    """One webhook as it goes over the wire: the signature covers exactly these bytes of body."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class WebhookSender(Protocol):
    """Carries a webhook to its receiver."""

    async def send(self, request: WebhookRequest) -> int:
        """Deliver once and return the receiver's HTTP status; raise OSError when nobody answered."""
        ...


class RaceWindow(Protocol):
    """The stretch between the availability check and the INSERT, which Cal.com leaves unlocked."""

    async def between_check_and_insert(self, operation: str) -> None:
        """Return when the request may go on to its INSERT; `operation` is e.g. `createBooking`."""
        ...
