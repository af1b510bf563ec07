"""What a report shows, as JSON values: the page draws it and knows nothing else.

`{"kind": "replays" | "failure", "title", "lead", "command", "runs": [...], "pair": [left, right]}`; a run is a
heading, its lanes and steps (see `steps`), and its tables. Instants are the gateway's clock in Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from booking_core.profiles import Promise
from scenarios.observation import Observation
from scenarios.replay import Replay
from scenarios.report.html.steps import Lane
from scenarios.report.html.story import Material, Story, tell
from scenarios.report.html.tables import tables
from scenarios.scenario import Scenario
from simulator.choices import Decision
from simulator.trace import Event


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One run of a failure: the failing one, or the nearest that passes."""

    name: str
    starts_at: datetime
    skew_s: float
    events: Sequence[Event]
    decisions: Sequence[Decision]
    seen: Observation
    scenario: Scenario | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A recorded failure as its reader needs it: the sentence, why it fails, the command, and the runs."""

    title: str
    sentence: str
    reason: str
    command: str
    runs: tuple[RecordedRun, ...]


def of_replays(replays: Sequence[Replay]) -> dict[str, Any]:
    """Every replay; the two shown first are a profile that breaks something and the first that breaks nothing."""
    ids = list(dict.fromkeys(one.scenario.id for one in replays))
    return {
        "kind": "replays",
        "title": ", ".join(ids) if len(ids) <= 3 else f"{len(ids)} scenarios",
        "lead": replays[0].scenario.story if len(ids) == 1 else "",
        "command": replays[0].command
        if len(replays) == 1
        else f"slotproof replay {ids[0] if len(ids) == 1 else 'all'}",
        "runs": [_replay(one) for one in replays],
        "pair": _pair(replays),
    }


def of_failure(failure: Failure) -> dict[str, Any]:
    """The failing run, and beside it the nearest one that passes, if one was found."""
    return {
        "kind": "failure",
        "title": failure.title,
        "lead": failure.sentence,
        "reason": failure.reason,
        "command": failure.command,
        "runs": [_recorded(run, failure) for run in failure.runs],
        "pair": list(range(len(failure.runs))),
    }


def _pair(replays: Sequence[Replay]) -> list[int]:
    same = [place for place, one in enumerate(replays) if one.scenario.id == replays[0].scenario.id]
    before = next((place for place in same if replays[place].broken), same[0])
    after = next((place for place in same if place > before and not replays[place].broken), None)
    return [before] if after is None else [before, after]


def _replay(one: Replay) -> dict[str, Any]:
    settings, seen = one.settings, one.seen
    told = seen.responses[-1] if seen.responses else None
    callers = callers_of(one.scenario, settings.seed)
    return {
        "name": f"{settings.profile} · {settings.entry}",
        "scenario": one.scenario.id,
        "scenarioTitle": one.scenario.title,
        "story": one.scenario.story,
        "identity": str(settings.effective_profile().identity),
        "without": sorted(int(layer) for layer in settings.without),
        "lesson": one.case.lesson if one.case else "",
        "asExpected": one.as_expected,
        "objections": one.objections,
        "promises": [{"name": str(promise), "broken": one.broken.get(promise, [])} for promise in Promise],
        "lastTold": "" if told is None else f"{told.call_id}: {told.status}",
        "turnedDown": [f"layer {word.layer}: {word.verdict}" for word in seen.layers if word.deciding],
        "skew": one.skew_s,
        "command": one.command,
        "digest": one.digest,
        "tables": tables(seen),
        **_told(
            Material(one.scenario.starts_at, seen.moments, one.events, (), callers),
            one.broken.get(Promise.NO_FALSEHOOD, ()),
        ),
    }


def _recorded(run: RecordedRun, failure: Failure) -> dict[str, Any]:
    callers = _speakers(run.seen) if run.scenario is None else callers_of(run.scenario, 0)
    return {
        "name": run.name,
        "scenario": failure.title,
        "asExpected": not run.reason,
        "objections": [run.reason] if run.reason else [],
        "skew": run.skew_s,
        "command": failure.command,
        "tables": tables(run.seen) if run.seen.calls else [],
        **_told(Material(run.starts_at, run.seen.moments, run.events, run.decisions, callers)),
    }


def callers_of(scenario: Scenario, seed: int) -> dict[str, Lane]:
    """The lane of each of the scenario's calls, by Retell's id."""
    return {
        call.retell_call_id: Lane(f"call-{call.id}", call.person.name, f"call {call.id}")
        for call in scenario.calls(seed).values()
    }


def _speakers(seen: Observation) -> dict[str, Lane]:
    """A caller who calls again stays on one lane."""
    return {
        retell_id: Lane(f"call-{number}", name, f"caller {number}")
        for retell_id, (number, name) in seen.speakers.items()
    }


def _told(material: Material, falsehoods: Sequence[str] = ()) -> dict[str, Any]:
    story = tell(material)
    for line in falsehoods:
        _mark_false(story, line)
    return {"lanes": [asdict(lane) for lane in story.lanes], "steps": [step.to_json() for step in story.steps]}


def _mark_false(story: Story, line: str) -> None:
    """A checker's line begins with the call that was told a falsehood: what it heard last is no good news."""
    lane = "-".join(line.split()[:2])
    heard = next((step for step in reversed(story.steps) if step.is_answer and step.target == lane), None)
    if heard is not None:
        heard.tone, heard.detail = "bad", f"{heard.detail}; false: {line}"
