"""The failure bundle: one file that convinces a stranger, with everything needed to see the failure again.

It holds the recording (full and shrunk), the versions, the logs of events, SQL and HTTP, the rows
before and after, the proof that ten replays of ten agree, the nearest run that passes and the first
event where the two part, the single decisions that decide, and a pytest regression test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.checker import Verdict
from simulator.errors import ReplayDivergedError
from simulator.recording import Recording, record
from simulator.schedulers.from_list import FromList
from simulator.shrink import RunOnce, Shrunk, describe, shrink
from simulator.trace import first_difference

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.simulation import RunResult
    from simulator.trace import Event

FORMAT = "slotproof-bundle/1"
REPLAYS = 10
_FLIPS_MAX = 200
"""Decisions that are turned round one by one; the rest of a longer run is not tried."""


@dataclass(frozen=True, slots=True)
class Flip:
    """What one decision taken the other way would have come to."""

    place: int
    label: str
    instead: int
    verdict: str


@dataclass(frozen=True, slots=True)
class PassingRun:
    """The run that goes along with the failing one for longest and is VALID."""

    answers: tuple[int, ...]
    events: tuple[Event, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All about one failure. `command` is the line that shows it again."""

    recording: Recording
    sentence: str
    reason: str
    replays_equal: int
    nearest_passing: PassingRun | None
    parts_at: str
    deciding: tuple[Flip, ...]
    events: tuple[Event, ...]
    regression_test: str
    command: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def log(self, kind: str) -> list[str]:
        """The events of one kind in words, as `sql` or `http`."""
        return [str(event) for event in self.events if event.kind == kind]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; an event is [virtual nanoseconds, kind, text, node]."""
        return {
            "format": FORMAT,
            "sentence": self.sentence,
            "reason": self.reason,
            "command": self.command,
            "replays": f"{self.replays_equal} of {REPLAYS}",
            "recording": self.recording.to_json(),
            "nearest_passing_run": None if self.nearest_passing is None else asdict(self.nearest_passing),
            "parts_at": self.parts_at,
            "deciding_decisions": [
                {"decision": flip.place, "label": flip.label, "instead": flip.instead, "verdict": flip.verdict}
                for flip in self.deciding
            ],
            "logs": {"events": self.events, "sql": self.log("sql"), "http": self.log("http")},
            "evidence": dict(self.evidence),
            "regression_test": self.regression_test,
        }

    def save(self, path: Path) -> None:
        """Write the file."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, default=str)
        path.write_text(text + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a failure comes from: what goes into the file beside the run itself.

    `target` is the importable `package.module:function` that gives `run(scheduler, seed)`; `context`
    names scenario, faults, commit; `evidence` takes from the shrunk run what else is to be shown, as the
    rows before and after that its world returned.
    """

    target: str
    command: str
    context: Mapping[str, Any] = field(default_factory=dict)
    evidence: Callable[[RunResult], Mapping[str, Any]] = lambda _: {}


def make_bundle(run: RunOnce, failing: RunResult, origin: Origin) -> Bundle:
    """Shrink the failure, replay it, and look for what decides it."""
    shrunk = shrink(run, failing)
    result = shrunk.result
    recording = record(result, full=failing.decisions, context=origin.context)
    flips = _flips(run, result)
    passing = _nearest_passing(run, result, flips)
    return Bundle(
        recording=recording,
        sentence=describe(result.decisions),
        reason=result.reason,
        replays_equal=replay_often(run, recording),
        nearest_passing=passing,
        parts_at="" if passing is None else str(first_difference(result.events, passing.events) or "nowhere"),
        deciding=tuple(flip for flip in flips if flip.verdict == Verdict.VALID),
        events=result.events,
        regression_test=regression_test(origin.target, shrunk),
        command=origin.command,
        evidence=origin.evidence(result),
    )


def replay_often(run: RunOnce, recording: Recording, times: int = REPLAYS) -> int:
    """How many of so many replays give the recorded digest; a replay that diverges gives another one."""
    digests = [run(recording.replay()).digest for _ in range(times)]
    return digests.count(recording.digest)


def verify(run: RunOnce, recording: Recording) -> RunResult:
    """Replay once. Raises ReplayDivergedError when the run is no longer the recorded one."""
    result = run(recording.replay())
    if isinstance(result.error, ReplayDivergedError):
        raise result.error
    if result.digest != recording.digest:
        msg = (
            f"the decisions still fit, but the digest is {result.digest} and was {recording.digest}: "
            "code or data changed between the decisions"
        )
        raise ReplayDivergedError(msg)
    return result


def regression_test(target: str, shrunk: Shrunk) -> str:
    """A pytest module that runs the shrunk decisions again and expects the failure to be gone."""
    module, _, function = target.partition(":")
    answers = [decision.chosen for decision in shrunk.result.decisions]
    while answers and not answers[-1]:
        answers.pop()
    return f'''"""Regression: {describe(shrunk.result.decisions)}."""

from simulator.checker import Verdict
from simulator.schedulers import FromList

from {module} import {function}


def test_seed_{shrunk.result.seed}_no_longer_fails() -> None:
    result = {function}(FromList({answers}), {shrunk.result.seed})

    assert result.verdict is Verdict.VALID, result.reason
'''


def _flips(run: RunOnce, result: RunResult) -> list[Flip]:
    """Each decision the other way, all others as they were as far as they are still asked for."""
    answers = [decision.chosen for decision in result.decisions]
    flips = []
    for place, decision in enumerate(result.decisions[:_FLIPS_MAX]):
        instead = 0 if decision.chosen else 1
        flipped = [*answers[:place], instead, *answers[place + 1 :]]
        verdict = run(FromList(flipped)).verdict
        flips.append(Flip(place, decision.label, instead, str(verdict)))
    return flips


def _nearest_passing(run: RunOnce, result: RunResult, flips: list[Flip]) -> PassingRun | None:
    """The last decision that decides, taken the other way."""
    passing = [flip for flip in flips if flip.verdict == Verdict.VALID]
    if not passing:
        return None
    last = passing[-1]
    answers = [decision.chosen for decision in result.decisions]
    passed = run(FromList([*answers[: last.place], last.instead, *answers[last.place + 1 :]]))
    return PassingRun(tuple(each.chosen for each in passed.decisions), passed.events)
