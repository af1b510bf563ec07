"""`slotproof replay`: the main job. Plays incidents again and says what held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from scenarios.replay import Replay
    from scenarios.scenario import Scenario, Settings

_EXAMPLES = """Examples:

  slotproof replay

  slotproof replay 687-688 --profile hardened --identity shared --without 1 --without 2

  slotproof replay 687-688 --skew 10"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", epilog=_EXAMPLES)(replay_command)


def replay_command(
    what: Annotated[str, typer.Argument(help="all, the id of a scenario, or a recorded failure's file.")] = "all",
    profile: Annotated[str | None, typer.Option(help="unprotected, deployed, recommended or hardened.")] = None,
    entry: Annotated[str | None, typer.Option(help="collect or after_call.")] = None,
    identity: Annotated[str | None, typer.Option(help="shared, per_call or per_customer.")] = None,
    without: Annotated[list[int] | None, typer.Option(help="A layer to switch off, 1 to 4; may be repeated.")] = None,
    skew: Annotated[float | None, typer.Option(help="Seconds by which Cal.com's clock is ahead.")] = None,
    seed: Annotated[int, typer.Option(help="Varies what the record leaves open, never a recorded instant.")] = 0,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write everything as JSON to this file.")] = None,
    database: Annotated[str, typer.Option(help="memory, file:PATH (keeps the last rows), or a URL.")] = "memory",
    sqlite_mode: Annotated[str | None, typer.Option(help="legacy, begin or immediate.")] = None,
) -> None:
    """Replay incidents before and after the defence, on the real code.

    Without options every profile runs with its own attendee identity through `collect`, and `deployed` also through
    `after_call`. With changed settings a replay is judged by what its profile promises and by the recorded instants.
    """
    from scenarios.cli.replay_settings import Wishes, plan
    from scenarios.cli.writing import writable

    if Path(what).is_file():
        raise typer.Exit(_replay_bundle(Path(what)))
    target = None if json_path is None else writable(json_path)
    wishes = Wishes(profile, entry, identity, tuple(without or ()), skew, seed, database, sqlite_mode)
    replays = _run(plan(what, wishes))
    if target is not None:
        _write_json(target, replays)
    if not all(one.as_expected for one in replays):
        raise typer.Exit(ExitCode.SAFETY_VIOLATED)


def _replay_bundle(path: Path) -> ExitCode:
    from scenarios.bundles import replay_bundle
    from scenarios.report.console import make_console

    return replay_bundle(make_console(), path)


def _run(planned: list[tuple[Scenario, list[Settings]]]) -> list[Replay]:
    from scenarios.replay import replay
    from scenarios.report.console import make_console
    from scenarios.report.terminal import show_close, show_replay, show_summary
    from scenarios.theatre import Theatre

    console = make_console()
    replays: list[Replay] = []
    with Theatre() as theatre:
        for scenario, settings in planned:
            of_scenario = []
            for setting in settings:
                of_scenario.append(replay(theatre, scenario, setting))
                show_replay(console, of_scenario[-1])
            if len(of_scenario) > 1:
                show_summary(console, scenario, of_scenario)
            replays += of_scenario
    show_close(console, replays)
    return replays


def _write_json(target: Path, replays: list[Replay]) -> None:
    import json

    from scenarios.cli.writing import write_whole
    from scenarios.report.json_report import document

    write_whole(target, json.dumps(document(replays), ensure_ascii=False, indent=1) + "\n")
