"""Recorded failures: read, replayed, and told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError
from scenarios.explorable import world_of
from scenarios.exploration import Explorer
from scenarios.run_status import status_of
from scenarios.theatre import Theatre
from simulator.bundle import REPLAYS, replay_often, verify
from simulator.errors import RecordingError, ReplayDivergedError
from simulator.recording import Recording, load
from simulator.shrink import describe
from simulator.simulation import RunResult


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recording run again: the result, and how many of ten runs were equal to the recorded one."""

    result: RunResult
    equal: int


def read_recording(path: Path) -> Recording:
    """The recording in a bundle; UsageError that says what is wrong with the file."""
    try:
        return load(path)
    except RecordingError as problem:
        raise UsageError(str(problem)) from None


def replay_bundle(console: Console, path: Path) -> ExitCode:
    """Run the recorded decisions ten times and say what they come to."""
    recording = read_recording(path)
    with Theatre() as theatre:
        explorer = Explorer(world_of(theatre, recording.context))
        try:
            result = verify(lambda scheduler: explorer.run(scheduler, recording.seed), recording)
        except ReplayDivergedError as diverged:
            console.print(Text(f"diverged: {diverged}", "bold red"), soft_wrap=True)
            console.print(_versions(recording), soft_wrap=True)
            return ExitCode.REPLAY_DIVERGED
        equal = replay_often(lambda scheduler: explorer.run(scheduler, recording.seed), recording)
    heading = f"[bold]{explorer.world.id}[/] · {recording.context['profile']} · recorded run of seed {recording.seed}"
    console.rule(heading, align="left")
    console.print(describe(recording.decisions), soft_wrap=True)
    console.print(_steps(recording))
    console.print(Text(result.reason or "nothing is violated", "bold red" if result.reason else "green"))
    console.print(f"{equal} of {REPLAYS} replays are equal to the recorded run, digest {recording.digest}")
    console.print(f"again: slotproof replay {path}", soft_wrap=True)
    return status_of(result)


def _steps(recording: Recording) -> Table:
    """The decisions in their order; those off plain order are marked."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for place, decision in enumerate(recording.decisions):
        style = "bold yellow" if decision.chosen else "dim"
        option = decision.options[decision.chosen] if decision.options else str(decision.chosen)
        table.add_row(str(place), "▶" if decision.chosen else "", Text(f"{decision.label}: {option}", style))
    return table


def _versions(recording: Recording) -> str:
    from simulator.recording import versions

    now = versions()
    changed = [f"{name} {was} → {now.get(name)}" for name, was in recording.versions.items() if now.get(name) != was]
    return "changed since it was recorded: " + (", ".join(changed) or "no library; so the project's own code")
