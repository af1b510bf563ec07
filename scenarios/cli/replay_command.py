"""`slotproof replay`: the main job. Plays incidents again and says what held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.completion import entries, identities, profile_names, replayable
from scenarios.cli.exit_codes import ExitCode, violated

if TYPE_CHECKING:
    from scenarios.replay import Replay
    from scenarios.scenario import Scenario, Settings

_EXAMPLES = """Examples:

  slotproof replay

  slotproof replay 687-688 --profile hardened --identity shared --without 1 --without 2

  slotproof replay 687-688 --skew 10

  slotproof replay 687-688 --html incident.html"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", epilog=_EXAMPLES)(replay_command)


def replay_command(
    what: Annotated[
        str, typer.Argument(help="all, the id of a scenario, or a recorded failure's file.", autocompletion=replayable)
    ] = "all",
    profile: Annotated[
        str | None, typer.Option(help="unprotected, deployed, recommended or hardened.", autocompletion=profile_names)
    ] = None,
    entry: Annotated[str | None, typer.Option(help="collect or after_call.", autocompletion=entries)] = None,
    identity: Annotated[
        str | None, typer.Option(help="shared, per_call or per_customer.", autocompletion=identities)
    ] = None,
    without: Annotated[list[int] | None, typer.Option(help="A layer to switch off, 1 to 4; may be repeated.")] = None,
    skew: Annotated[float | None, typer.Option(help="Seconds by which Cal.com's clock is ahead.")] = None,
    seed: Annotated[int, typer.Option(help="Varies what the record leaves open, never a recorded instant.")] = 0,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write everything as JSON to this file.")] = None,
    html_path: Annotated[Path | None, typer.Option("--html", help="Draw what happened into this one file.")] = None,
    database: Annotated[str, typer.Option(help="memory, file:PATH (keeps the last rows), or a URL.")] = "memory",
    sqlite_mode: Annotated[str | None, typer.Option(help="legacy, begin or immediate.")] = None,
) -> None:
    """Replay incidents before and after the defence, on the real code.

    Without options every profile runs with its own attendee identity through `collect`, and `deployed` also through
    `after_call`. With changed settings a replay is judged by what its profile promises and by the recorded instants.
    """
    from scenarios.cli.replay_settings import Wishes, plan
    from scenarios.cli.writing import writable

    picture = None if html_path is None else writable(html_path)
    if Path(what).is_file():
        raise typer.Exit(_replay_bundle(Path(what), picture))
    target = None if json_path is None else writable(json_path)
    wishes = Wishes(profile, entry, identity, tuple(without or ()), skew, seed, database, sqlite_mode)
    replays = _run(plan(what, wishes))
    if target is not None:
        _write_json(target, replays)
    if picture is not None:
        _draw(picture, replays)
    is_safe = all(one.is_safe for one in replays)
    raise typer.Exit(violated(safety=not is_safe, liveness=not all(one.as_expected for one in replays)))


def _replay_bundle(path: Path, picture: Path | None) -> ExitCode:
    from scenarios.bundles import replay_bundle
    from scenarios.report.console import make_console

    ended = replay_bundle(make_console(), path)
    if picture is not None and ended is not ExitCode.REPLAY_DIVERGED:
        _draw_failure(picture, path)
    return ended


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


def _draw(target: Path, replays: list[Replay]) -> None:
    from scenarios.cli.writing import write_whole
    from scenarios.report.html.documents import of_replays
    from scenarios.report.html.page import report_page

    write_whole(target, report_page(of_replays(replays)))


def _draw_failure(target: Path, bundle: Path) -> None:
    from scenarios.cli.writing import write_whole
    from scenarios.report.html.documents import of_failure
    from scenarios.report.html.failures import watch_failure
    from scenarios.report.html.page import report_page

    write_whole(target, report_page(of_failure(watch_failure(bundle))))
