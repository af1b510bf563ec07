"""A recorded failure seen again: its run and the nearest one that passes, watched as a replay is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from scenarios.bundles import read_recording
from scenarios.explorable import Explorable, ScenarioWorld, world_of
from scenarios.observation import Observation
from scenarios.races import check_then_insert
from scenarios.registry import find
from scenarios.report.html.documents import Failure, RecordedRun
from scenarios.scenario import Scenario
from scenarios.storm.world import STARTS_AT
from scenarios.theatre import Theatre
from simulator.recording import Recording
from simulator.schedulers.from_list import FromList
from simulator.schedulers.protocol import Scheduler
from simulator.shrink import describe
from simulator.simulation import DEFAULT_START, RunResult


class _Watched(Protocol):
    """A run, and what was observed of it."""

    @property
    def result(self) -> RunResult:
        """The simulator's."""

    @property
    def seen(self) -> Observation:
        """What callers heard, and the rows at the end."""


@runtime_checkable
class _Watchable(Protocol):
    """A world of the whole system."""

    def watch(self, scheduler: Scheduler, seed: int) -> _Watched:
        """One run."""


def watch_failure(path: Path) -> Failure:
    """Run both of the file's runs. UsageError when the file is no recording of ours."""
    recording = read_recording(path)
    with Theatre() as theatre:
        world = world_of(theatre, recording.context)
        name = "the failing run" if recording.reason else "the recorded run"
        failing = _watched(world, name, recording.replay(), recording)
        answers = _passing_answers(path)
        passing = None if answers is None else _watched(world, "the nearest that passes", FromList(answers), recording)
    return Failure(
        title=world.id,
        sentence=describe(recording.decisions),
        reason=recording.reason,
        command=f"slotproof replay {path}",
        runs=(failing,) if passing is None else (failing, passing),
    )


def _watched(world: Explorable, name: str, scheduler: Scheduler, recording: Recording) -> RecordedRun:
    result, seen = _run(world, scheduler, recording.seed)
    scenario = find(world.id) if isinstance(world, ScenarioWorld) else None
    skew_s = recording.context.get("skew")
    return RecordedRun(
        name=name,
        starts_at=_starts_at(world, scenario),
        skew_s=float((scenario.skew_s if scenario else 0) if skew_s is None else skew_s),
        events=result.events,
        decisions=result.decisions,
        seen=seen,
        scenario=scenario,
        reason=result.reason,
    )


def _run(world: Explorable, scheduler: Scheduler, seed: int) -> tuple[RunResult, Observation]:
    """A world without callers and rows is told by its trace alone."""
    if isinstance(world, _Watchable):
        watched = world.watch(scheduler, seed)
        return watched.result, watched.seen
    return world.run(scheduler, seed), Observation()


def _starts_at(world: Explorable, scenario: Scenario | None) -> datetime:
    """By the gateway's clock; the smallest race has none of its own."""
    if scenario is not None:
        return scenario.starts_at
    return DEFAULT_START if world.id == check_then_insert.ID else STARTS_AT


def _passing_answers(path: Path) -> Sequence[int] | None:
    """A bundle has them when a passing run was found; a bare recording has none."""
    passing = json.loads(path.read_text(encoding="utf-8")).get("nearest_passing_run")
    return None if passing is None else [int(answer) for answer in passing["answers"]]
