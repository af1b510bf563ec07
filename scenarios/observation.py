"""What was observed of one replay: what callers were told, what layers said, the rows and bookings at the end.

Everything a checker or a report reads stands here; neither ever looks into a table or an object of the core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

GATEWAY = "gateway"  # the only one's name, or the first one's
NO_ANSWER = "gets no answer"  # what a caller notes whose request led to nothing


@dataclass(frozen=True, slots=True)
class Response:
    """One answer of the gateway to a wish for an appointment.

    `call_id` is the local number: while the run goes on the script's own, in the end the row's.
    """

    call_id: int
    retell_call_id: str
    entry: str
    at: datetime
    http_status: int
    success: bool
    status: str
    message: str
    appointment_id: int | None
    alternatives: tuple[str, ...]

    @property
    def says_booked(self) -> bool:
        """Whether the caller believes to hold an appointment now."""
        return self.status in {"booked", "existing", "recovered"}


@dataclass(frozen=True, slots=True)
class LayerWord:
    """What one layer said about one answer of Cal.com."""

    call_id: int
    layer: int
    verdict: str
    reason: str
    deciding: bool
    age_seconds: float | None = None
    expected_call_id: str | None = None
    received_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline, at an instant of the gateway's clock."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    tone: str = "plain"  # plain, good, bad, quiet
    place: int | None = None  # how many of the simulation's events came before it; None: nobody counted
    gateway: str = GATEWAY  # which gateway it concerns


@dataclass(slots=True)
class Observation:
    """Filled while a replay runs; complete when it has ended.

    `events_so_far` tells where the simulation's trace stands, so that moments can be laid between its events.
    """

    events_so_far: Callable[[], int | None] = lambda: None
    speakers: dict[str, tuple[int, str]] = field(default_factory=dict)  # by Retell's call id: script's number, name
    responses: list[Response] = field(default_factory=list)
    availability: list[dict[str, Any]] = field(default_factory=list)
    layers: list[LayerWord] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    appointments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    appointment_calls: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    bookings: list[dict[str, Any]] = field(default_factory=list)
    emails: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self, at: datetime, who: str, what: str, detail: str = "", tone: str = "plain", gateway: str = GATEWAY
    ) -> None:
        """One more line of the timeline."""
        self.moments.append(Moment(at, who, what, detail, tone, self.events_so_far(), gateway))

    def use_local_numbers(self) -> None:
        """Give every answer the number that its call got in table `calls`."""
        numbers = {row["retell_call_id"]: row["id"] for row in self.calls}
        self.responses = [
            replace(answer, call_id=numbers.get(answer.retell_call_id, answer.call_id)) for answer in self.responses
        ]

    def last_response(self, call_id: int) -> Response | None:
        """The last thing that call was told."""
        return next((r for r in reversed(self.responses) if r.call_id == call_id), None)

    def refused_by(self, call_id: int) -> int | None:
        """The layer that turned the last refused answer of that call down."""
        words = (word.layer for word in reversed(self.layers) if word.call_id == call_id and word.deciding)
        return next(words, None)

    def call_row(self, call_id: int) -> dict[str, Any] | None:
        """The row of table `calls`."""
        return next((row for row in self.calls if row["id"] == call_id), None)
