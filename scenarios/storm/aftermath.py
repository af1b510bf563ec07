"""What a storm leaves to be judged, beside the run's history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scenarios.observation import Observation
from scenarios.storm.creates import CreateEnd
from scenarios.storm.nodes import Mishaps

if TYPE_CHECKING:
    from fake_calcom import FakeCalcom


@dataclass(frozen=True, slots=True)
class Occupation:
    """A booking stood at a start, at the longest from when its request came until the answer to its end went out.

    It is certain to be shown from `shown_s` on. All three are true seconds since 1970.
    """

    uid: str
    start: datetime
    retell_call_id: str | None
    since_s: float
    until_s: float
    shown_s: float


@dataclass(slots=True)
class Aftermath:
    """Filled at the end of a run."""

    seen: Observation = field(default_factory=Observation)
    mishaps: Mishaps = field(default_factory=Mishaps)
    occupations: list[Occupation] = field(default_factory=list)
    creates: list[CreateEnd] = field(default_factory=list)


def occupations(fake: FakeCalcom, seen: Observation, calcom_ahead_s: float) -> list[Occupation]:
    """When each booking stood, from the fake's journal of who wrote what."""
    since: dict[str, float] = {}
    shown: dict[str, float] = {}
    until: dict[str, float] = {}
    for entry in fake.journal:
        for commit in entry.commits:
            since.setdefault(commit.uid, entry.invoked_ms / 1000 - calcom_ahead_s)
            shown.setdefault(commit.uid, entry.answered_ms / 1000 - calcom_ahead_s)
            if commit.status == "cancelled":
                until[commit.uid] = entry.answered_ms / 1000 - calcom_ahead_s
    return [
        Occupation(
            uid=booking["uid"],
            start=datetime.fromisoformat(booking["start"]).astimezone(UTC),
            retell_call_id=booking["metadata"].get("call_id"),
            since_s=since.get(booking["uid"], 0.0),
            until_s=until.get(booking["uid"], float("inf")),
            shown_s=shown.get(booking["uid"], 0.0),
        )
        for booking in seen.bookings
    ]
