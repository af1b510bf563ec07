"""A cell's counterexample: made small, run again, and told as a report tells a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scenarios.backstage import Performance
from scenarios.checkers import broken_promises
from scenarios.matrix.cells import Counterexample
from scenarios.matrix.tallies import sentences
from scenarios.observation import Observation
from scenarios.report.html.documents import callers_of
from scenarios.report.html.story import Material, tell
from scenarios.report.html.tables import tables
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre
from simulator.choices import Decision
from simulator.schedulers.from_list import FromList
from simulator.shrink import describe, shrink
from simulator.simulation import RunResult
from simulator.trace import Event

SHRINKING_RUNS = 100  # `slotproof explore` takes 500: here a hundred counterexamples share five minutes
PLAIN_ORDER = "plain order"
SERVERS_ORDER = "the server's own order"
_SHOWN_TABLES = ("What the callers were told", "Appointments", "Calls", "Bookings at Cal.com")


def of_play(theatre: Theatre, scenario: Scenario, settings: Settings, first: Performance) -> Counterexample:
    """Of a scenario played once: play it again. A server's order of work is not ours, so there promises must match."""
    again = theatre.perform(scenario, settings)
    same = (
        broken_promises(first.seen).keys() == broken_promises(again.seen).keys()
        if settings.on_server
        else (first.digest, sentences(first.seen)) == (again.digest, sentences(again.seen))
    )
    return Counterexample(
        answers=(),
        seed=settings.seed,
        deviates=SERVERS_ORDER if settings.on_server else PLAIN_ORDER,
        digest=first.digest,
        replays=same,
        story=story(scenario, settings, first.seen, first.events),
    )


def of_search(
    theatre: Theatre, scenario: Scenario, settings: Settings, failing: RunResult
) -> tuple[Counterexample, str]:
    """Of a schedule that broke something: the smallest found near it, run again, and what it breaks."""
    small = shrink(
        lambda scheduler: theatre.run(scenario, settings, scheduler, failing.seed).result,
        failing,
        runs_max=SHRINKING_RUNS,
    ).result
    answers = [decision.chosen for decision in small.decisions]
    while answers and not answers[-1]:
        answers.pop()
    recorded = Counterexample(tuple(answers), small.seed, describe(small.decisions), small.digest, replays=True)
    return run_again(theatre, scenario, settings, recorded)


def run_again(
    theatre: Theatre, scenario: Scenario, settings: Settings, recorded: Counterexample
) -> tuple[Counterexample, str]:
    """The recorded decisions once more, and what they break now. It replays when not a byte of the run differs."""
    run = theatre.run(scenario, settings, FromList(recorded.answers), recorded.seed)
    broken = sentences(run.seen)
    told = Counterexample(
        answers=recorded.answers,
        seed=recorded.seed,
        deviates=recorded.deviates,
        digest=recorded.digest,
        replays=bool(broken) and run.result.digest == recorded.digest,
        story=story(scenario, settings, run.seen, run.result.events, run.result.decisions),
    )
    return told, "; ".join(broken)


def story(
    scenario: Scenario,
    settings: Settings,
    seen: Observation,
    events: Sequence[Event],
    decisions: Sequence[Decision] = (),
) -> Mapping[str, Any]:
    """Lanes, steps and tables as in a report, without the bodies of messages."""
    callers = callers_of(scenario, settings.seed)
    told = tell(Material(scenario.starts_at, seen.moments, events, decisions, callers))
    return {
        "lanes": [asdict(lane) for lane in told.lanes],
        "steps": [{name: value for name, value in step.to_json().items() if name != "body"} for step in told.steps],
        "tables": [table for table in tables(seen) if table["title"] in _SHOWN_TABLES],
    }
