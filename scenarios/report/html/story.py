"""A run's story: the observer's moments and the trace's events laid into one another, as steps on lanes.

A moment ("Cal.com answers 201 with …") and the message it is about are one step: the moment gives the words, the
message what went over the wire. Without a trace (a server's database) the moments tell the story alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scenarios.observation import Moment
from scenarios.report.html.steps import CALCOM, DATABASE, GATEWAY, GATEWAY_2, Lane, Step
from scenarios.report.html.teller import Teller, caller_of
from simulator.choices import Decision
from simulator.trace import Event

_SYSTEM = (
    Lane(GATEWAY, "gateway", "booking core"),
    Lane(GATEWAY_2, "gateway 2", "booking core"),
    Lane(CALCOM, "Cal.com", "the fake"),
    Lane(DATABASE, "database"),
)


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of one run. `callers` names the lane of each Retell call id."""

    starts_at: datetime
    moments: Sequence[Moment] = ()
    events: Sequence[Event] = ()
    decisions: Sequence[Decision] = ()
    callers: Mapping[str, Lane] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """The lanes that the steps use, in the order in which they stand, and the steps in the order of time."""

    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]


def tell(material: Material) -> Story:
    """The story of a run."""
    lanes_of_calls = {retell_id: lane.id for retell_id, lane in material.callers.items()}
    teller = Teller(material.starts_at.timestamp() * 1000, lanes_of_calls, material.moments, material.decisions)
    for item in _in_order(material):
        if isinstance(item, Moment):
            teller.moment(item)
        else:
            teller.event(item)
    steps = teller.finish()
    return Story(_lanes(material, steps), tuple(steps))


def _in_order(material: Material) -> Iterator[Moment | Event]:
    """A moment stands before the first event that it did not yet see; events of one instant keep their order."""
    places = [_place(material, moment) for moment in material.moments]
    waiting = sorted(zip(places, range(len(places)), strict=True))
    for number, event in enumerate(material.events):
        while waiting and waiting[0][0] <= number:
            yield material.moments[waiting.pop(0)[1]]
        yield event
    for _, index in waiting:
        yield material.moments[index]


def _place(material: Material, moment: Moment) -> int:
    """An uncounted moment (a mail) comes before Cal.com's first answer of that instant, else at the instant's end."""
    if moment.place is not None:
        return moment.place
    ns = round((moment.at - material.starts_at).total_seconds() * 1e9)
    place = 0
    for number, event in enumerate(material.events):
        if event.time_ns > ns + 1_000_000:  # a mail's instant is told in milliseconds
            break
        if abs(event.time_ns - ns) <= 1_000_000 and event.kind == "http" and event.text.startswith("calcom"):
            return number
        place = number + 1
    return place


def _lanes(material: Material, steps: Sequence[Step]) -> tuple[Lane, ...]:
    """Callers in the order in which they appear, other nodes, then the system."""
    used = dict.fromkeys(lane for step in steps for lane in (step.source, step.target) if lane)
    names = {lane.id: lane for lane in material.callers.values()}
    for moment in material.moments:
        caller = caller_of(moment.who)
        if caller is not None:
            names.setdefault(caller[0], Lane(caller[0], caller[1], caller[0].replace("-", " ")))
    system = {lane.id: lane for lane in _SYSTEM}
    outside = [names.get(lane, Lane(lane, lane)) for lane in used if lane not in system and lane != "order"]
    return (*outside, *(lane for lane in _SYSTEM if lane.id in used))
