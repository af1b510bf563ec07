"""`slotproof explore`: run a scenario under every schedule of a strategy, with a verdict of three values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.completion import entries, explorable, identities, profile_names
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from scenarios.cli.replay_settings import Wishes
    from scenarios.explorable import Explorable
    from scenarios.exploration import Explorer, Search
    from scenarios.theatre import Theatre
    from simulator.explore import Exploration, Violated

_EXAMPLES = """Examples:

  slotproof explore two-callers

  slotproof explore two-callers --identity shared --without 1 --without 2 --without 4 --strategy exhaustive

  slotproof explore two-callers --identity shared --strategy exhaustive --preemptions 1

  slotproof explore check-then-insert --strategy exhaustive --without 4"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explore", epilog=_EXAMPLES)(explore_command)


def explore_command(
    what: Annotated[
        str, typer.Argument(help="A scenario, race or mishap of `slotproof list`.", autocompletion=explorable)
    ],
    strategy: Annotated[str, typer.Option(help="random, pct or exhaustive.")] = "random",
    schedules: Annotated[int, typer.Option(help="Seeds to run; for exhaustive the most schedules.", min=1)] = 1_000,
    preemptions: Annotated[int, typer.Option(help="The bound of the exhaustive search.", min=0, max=10)] = 2,
    profile: Annotated[
        str, typer.Option(help="unprotected, deployed, recommended or hardened.", autocompletion=profile_names)
    ] = "hardened",
    entry: Annotated[str | None, typer.Option(help="collect or after_call.", autocompletion=entries)] = None,
    identity: Annotated[
        str | None, typer.Option(help="shared, per_call or per_customer.", autocompletion=identities)
    ] = None,
    without: Annotated[list[int] | None, typer.Option(help="A layer to switch off, 1 to 4; may be repeated.")] = None,
    skew: Annotated[float | None, typer.Option(help="Seconds by which Cal.com's clock is ahead.")] = None,
    sqlite_mode: Annotated[str | None, typer.Option(help="legacy, begin or immediate.")] = None,
    json_path: Annotated[str | None, typer.Option("--json", help="Write the verdict as JSON to this file.")] = None,
) -> None:
    """Explore the orders in which a scenario can happen.

    The verdict is one of three: proved up to the bound, violated (the smallest run found is written to a file that
    `slotproof replay` shows again), or inconclusive, and why. Random search never proves.
    """
    from pathlib import Path

    from scenarios.cli.replay_settings import Wishes
    from scenarios.cli.writing import writable
    from scenarios.exploration import Search, Strategy
    from scenarios.report.console import make_console

    if strategy not in set(Strategy):
        raise UsageError(f"--strategy {strategy}: expected one of {', '.join(Strategy)}")
    target = None if json_path is None else writable(Path(json_path))
    wishes = Wishes(profile, entry, identity, tuple(without or ()), skew, seed=0, sqlite_mode=sqlite_mode)
    search = Search(Strategy(strategy), schedules, preemptions)
    raise typer.Exit(_explore(make_console(), what, wishes, search, target))


def _explore(console: Console, what: str, wishes: Wishes, search: Search, target: Path | None) -> ExitCode:
    from scenarios.cli.progress import counting
    from scenarios.exploration import Explorer
    from scenarios.theatre import Theatre

    with Theatre() as theatre:
        world = _world(theatre, what, wishes)
        with counting(console, f"exploring {world.id}", search.schedules) as one_more:
            explorer = Explorer(world, one_more)
            found = explorer.explore(search)
        status, facts = _tell(console, explorer, found)
    if target is not None:
        _write(target, explorer, search, facts)
    return status


def _world(theatre: Theatre, what: str, wishes: Wishes) -> Explorable:
    from scenarios.cli.replay_settings import checked, single
    from scenarios.explorable import ScenarioWorld
    from scenarios.races import check_then_insert
    from scenarios.storm.mishaps import MishapWorld, find_mishap
    from scenarios.storm.settings import StormSettings

    if what == check_then_insert.ID:
        return _smallest_race(theatre, wishes)
    mishap = find_mishap(what)
    if mishap is None:
        return ScenarioWorld(theatre, *single(what, wishes))
    given = checked(wishes)
    settings = StormSettings(given.profile, given.identity, given.without, sqlite_mode=given.sqlite_mode)
    return MishapWorld(theatre, mishap, settings)


def _smallest_race(theatre: Theatre, wishes: Wishes) -> Explorable:
    from booking_core.domain.outcomes import Layer
    from booking_core.storage.engines import SqliteMode
    from scenarios.cli.replay_settings import checked
    from scenarios.races.check_then_insert import CheckThenInsert

    settings = checked(wishes)
    mode = SqliteMode.LEGACY if wishes.sqlite_mode is None else settings.sqlite_mode  # the driver's own default
    return CheckThenInsert(theatre, mode, unique_key=Layer.UNIQUE_BOOKING not in settings.without)


def _tell(console: Console, explorer: Explorer, found: Exploration) -> tuple[ExitCode, dict[str, object]]:
    from simulator.explore import Inconclusive, Proved, Violated

    match found:
        case Proved():
            console.print(str(found), style="green", markup=False, soft_wrap=True)
            return ExitCode.AS_EXPECTED, {"verdict": "proved", "bound": found.bound, "schedules": found.schedules}
        case Inconclusive():
            console.print(str(found), style="yellow", markup=False, soft_wrap=True)
            facts = {"verdict": "inconclusive", "why": found.why, "schedules": found.schedules}
            return ExitCode.INCONCLUSIVE, facts
        case Violated():
            return _tell_violation(console, explorer, found)


def _tell_violation(console: Console, explorer: Explorer, found: Violated) -> tuple[ExitCode, dict[str, object]]:
    from scenarios.cli.progress import waiting
    from scenarios.exploration import bundle_path
    from scenarios.run_status import status_of

    console.print(str(found), style="bold red", markup=False, soft_wrap=True)
    path = bundle_path(explorer.world)
    with waiting(console, "shrinking, and replaying ten times"):
        bundle = explorer.bundle(found.result, path)
    console.print(f"the smallest run: {bundle.sentence}", soft_wrap=True)
    console.print(f"replayed equally {bundle.replays_equal} of 10 times; written to {path}", soft_wrap=True)
    console.print(f"see it again: {bundle.command}", soft_wrap=True)
    facts: dict[str, object] = {
        "verdict": "violated",
        "schedules": found.schedules,
        "reason": bundle.reason,
        "sentence": bundle.sentence,
        "replays_equal": bundle.replays_equal,
        "bundle": str(path),
    }
    return status_of(found.result), facts


def _write(target: Path, explorer: Explorer, search: Search, facts: dict[str, object]) -> None:
    import json

    from scenarios.cli.writing import write_whole

    document = {**explorer.world.context, "strategy": str(search.strategy), "preemptions": search.preemptions, **facts}
    write_whole(target, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
