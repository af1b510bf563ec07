"""A replay: a scenario played once with given settings, observed and judged. The main job's main flow."""

from __future__ import annotations

from dataclasses import dataclass, field

from booking_core.profiles import Promise
from booking_core.storage.engines import SqliteMode
from scenarios.checkers import broken_promises
from scenarios.databases import without_password
from scenarios.judging import objections, unfinished
from scenarios.observation import Observation
from scenarios.scenario import MEMORY, Case, Scenario, Settings
from scenarios.theatre import Theatre
from simulator.trace import Event


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. `digest` covers everything that happened in the simulation, byte for byte."""

    scenario: Scenario
    settings: Settings
    case: Case | None
    seen: Observation
    objections: list[str]
    unfinished: list[str]  # those objections that are about liveness only
    broken: dict[Promise, list[str]]
    digest: str
    virtual_seconds: float
    wall_seconds: float
    events: tuple[Event, ...] = field(repr=False, default=())

    @property
    def as_expected(self) -> bool:
        """Whether it ended as its scenario states (or, with changed settings, as its profile promises)."""
        return not self.objections

    @property
    def is_safe(self) -> bool:
        """Whether nothing happened that must not, although something may still be missing."""
        return len(self.objections) == len(self.unfinished)

    @property
    def skew_s(self) -> float:
        """Seconds by which Cal.com's clock was ahead of the gateway's."""
        return self.scenario.skew_s if self.settings.skew_s is None else self.settings.skew_s

    @property
    def command(self) -> str:
        """The command that shows this replay again."""
        return command_of(self.scenario.id, self.settings)


def command_of(scenario_id: str, s: Settings) -> str:
    """The command that replays a scenario with these settings; a server's password is left to who runs it."""
    parts = ["slotproof", "replay", scenario_id, "--profile", s.profile, "--entry", str(s.entry)]
    if s.identity is not None:
        parts += ["--identity", str(s.identity)]
    for layer in sorted(s.without):
        parts += ["--without", str(int(layer))]
    if s.skew_s is not None:
        parts += ["--skew", f"{s.skew_s:g}"]
    if s.seed:
        parts += ["--seed", str(s.seed)]
    if s.sqlite_mode is not SqliteMode.IMMEDIATE:
        parts += ["--sqlite-mode", str(s.sqlite_mode)]
    if s.database != MEMORY:
        shown = without_password(s.database) if s.on_server else s.database
        parts += ["--database", f"'{shown}'"]
    return " ".join(parts)


def replay(theatre: Theatre, scenario: Scenario, settings: Settings) -> Replay:
    """Play it, look at what is left, judge. Raises DatabaseUnusableError when the database cannot be used."""
    started = theatre.stopwatch()
    performance = theatre.perform(scenario, settings)
    return Replay(
        scenario=scenario,
        settings=settings,
        case=scenario.case(settings),
        seen=performance.seen,
        objections=objections(scenario, settings, performance.seen),
        unfinished=unfinished(scenario, settings, performance.seen),
        broken=broken_promises(performance.seen),
        digest=performance.digest,
        virtual_seconds=performance.virtual_seconds,
        wall_seconds=theatre.stopwatch() - started,
        events=performance.events,
    )
