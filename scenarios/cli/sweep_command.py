"""`slotproof sweep`: the whole-system storm over many seeds and all cores, resumable, with a canary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.cli.completion import identities, profile_names
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from scenarios.storm.block import StormFinding
    from scenarios.storm.campaign import Campaign
    from scenarios.storm.settings import StormSettings
    from scenarios.storm.workers import Workers

SEEDS_END_MAX = 10**12
SEEDS_MAX = 10**8  # of one campaign: whoever wants more starts another
_EXAMPLES = """Examples:

  slotproof sweep --seeds 0:1000

  slotproof sweep --seeds 0:100 --profile deployed

  slotproof sweep --seeds 0:100000 --processes 2 --json sweep.json"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep", epilog=_EXAMPLES)(sweep_command)


def sweep_command(
    seeds: Annotated[str, typer.Option(help="A:B, the seeds from A to before B.")] = "0:1000",
    profile: Annotated[
        str, typer.Option(help="unprotected, deployed, recommended or hardened.", autocompletion=profile_names)
    ] = "hardened",
    identity: Annotated[
        str | None, typer.Option(help="shared, per_call or per_customer.", autocompletion=identities)
    ] = None,
    without: Annotated[list[int] | None, typer.Option(help="A layer to switch off, 1 to 4; may be repeated.")] = None,
    callers: Annotated[int, typer.Option(help="How many people call at once.", min=1, max=12)] = 4,
    sqlite_mode: Annotated[str, typer.Option(help="legacy, begin or immediate.")] = "immediate",
    calm: Annotated[bool, typer.Option("--calm", help="No faults: only the order of things varies.")] = False,
    processes: Annotated[int, typer.Option(help="Processes to use; 0 is one for each core.", min=0, max=512)] = 0,
    dask: Annotated[str | None, typer.Option(help="Send the seeds to the Dask cluster at this address.")] = None,
    json_path: Annotated[str | None, typer.Option("--json", help="Write what came of it as JSON to this file.")] = None,
) -> None:
    """Raise a storm for each seed: callers, two gateways, Cal.com, faults, crashes, wrong clocks. Then judge.

    What is finished is kept under .slotproof/, so that a campaign that was stopped goes on where it was. The first
    violation is shrunk and written to a file that `slotproof replay` shows again.
    """
    from pathlib import Path

    from scenarios.cli.writing import writable

    target = None if json_path is None else writable(Path(json_path))
    settings = _settings(profile, identity, tuple(without or ()), callers, sqlite_mode, calm=calm)
    asked = read_seeds(seeds)
    workers = _workers(processes, dask)
    from scenarios.report.console import make_console

    raise typer.Exit(_sweep(make_console(), settings, asked, workers, target))


def read_seeds(text: str) -> tuple[int, int]:
    """First seed and end; UsageError for anything but A:B."""
    first, colon, end = text.partition(":")
    if not (colon and first.isascii() and first.isdigit() and end.isascii() and end.isdigit()):
        raise UsageError(f"--seeds {text}: expected A:B, two numbers, e.g. 0:1000")
    if not int(first) < int(end) <= SEEDS_END_MAX:
        raise UsageError(f"--seeds {text}: expected A below B, and B at most {SEEDS_END_MAX}")
    if int(end) - int(first) > SEEDS_MAX:
        raise UsageError(f"--seeds {text}: expected at most {SEEDS_MAX} seeds in one campaign")
    return int(first), int(end)


def _settings(
    profile: str, identity: str | None, without: tuple[int, ...], callers: int, sqlite_mode: str, *, calm: bool
) -> StormSettings:
    from scenarios.cli.replay_settings import Wishes, checked
    from scenarios.storm.settings import StormSettings

    given = checked(Wishes(profile, None, identity, without, None, seed=0, sqlite_mode=sqlite_mode))
    return StormSettings(given.profile, given.identity, given.without, callers, given.sqlite_mode, calm)


def _workers(processes: int, dask: str | None) -> Workers:
    import os

    from scenarios.storm.workers import DaskCluster, Processes, here

    if dask is not None:
        return DaskCluster(dask)
    count = processes or os.cpu_count() or 1
    return here if count == 1 else Processes(count)


def _sweep(
    console: Console, settings: StormSettings, seeds: tuple[int, int], workers: Workers, target: Path | None
) -> ExitCode:
    from scenarios.cli.progress import sweeping
    from scenarios.storm.campaign import canary, run_campaign
    from scenarios.storm.ledger import Ledger, ledger_path

    sang = canary(settings)
    if sang is None:
        console.print("[bold red]the canary did not fail: this harness sees nothing, so nothing is proved by it")
        return ExitCode.INCONCLUSIVE
    console.print(f"the canary failed, as it must: unprotected shows a duplicate at seed {sang}")
    ledger = Ledger(ledger_path(settings.to_context()))
    with sweeping(console, f"storm · {settings.profile}", seeds[1] - seeds[0]) as done:
        campaign = run_campaign(settings, seeds, ledger, workers, done)
    facts, status = _tell(console, settings, campaign)
    if target is not None:
        _write(target, settings, seeds, campaign, facts)
    return status


def _tell(console: Console, settings: StormSettings, campaign: Campaign) -> tuple[dict[str, Any], ExitCode]:
    total = campaign.total
    counts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(total.verdicts.items()))
    console.print(f"{total.seeds} storms: {counts}; digest of all {total.digest:032x}", soft_wrap=True)
    crashed = total.goals.get("a gateway crashed", 0)
    console.print(f"a gateway crashed in {crashed}; {total.choice_points / total.seeds:.0f} decisions a storm")
    share = campaign.new_orders_share
    saturation = "" if share is None else f"; {share:.0%} of the last seeds showed a new one"
    console.print(f"{len(total.orders)} distinct conflict orders{saturation}", soft_wrap=True)
    for checker, count in total.objections.most_common():
        console.print(f"[red]{checker}[/]: broken in {count} storms", soft_wrap=True)
    found = campaign.gravest
    if found is None:
        console.print("[green]it survived", soft_wrap=True)
        return {}, ExitCode.AS_EXPECTED
    if found.status is ExitCode.INCONCLUSIVE:
        without = f"seed {found.seed} has no verdict: {found.reason}"
        console.print(without, style="yellow", markup=False, soft_wrap=True)
        return {}, found.status
    return _tell_finding(console, settings, found), found.status


def _tell_finding(console: Console, settings: StormSettings, found: StormFinding) -> dict[str, Any]:
    """Shrink the seed's storm and keep it as a file."""
    from pathlib import Path

    from scenarios.cli.progress import waiting
    from scenarios.exploration import Explorer
    from scenarios.storm.storm import Storm
    from scenarios.theatre import Theatre

    console.print(f"seed {found.seed}: {found.reason}", style="bold red", markup=False, soft_wrap=True)
    path = Path(f"slotproof-storm-{settings.profile}-{found.seed}.json")
    with Theatre() as theatre, waiting(console, "shrinking, and replaying ten times"):
        storm = Storm(theatre, settings)
        bundle = Explorer(storm).bundle(storm.run_seed(found.seed), path)
    console.print(f"the smallest run: {bundle.sentence}", soft_wrap=True)
    console.print(f"replayed equally {bundle.replays_equal} of 10 times; written to {path}", soft_wrap=True)
    console.print(f"see it again: {bundle.command}", soft_wrap=True)
    return {"bundle": str(path), "sentence": bundle.sentence, "replays_equal": bundle.replays_equal}


def _write(
    target: Path, settings: StormSettings, seeds: tuple[int, int], campaign: Campaign, facts: dict[str, Any]
) -> None:
    import json

    from scenarios.cli.writing import write_whole

    total = campaign.total.to_json()
    total["orders"] = len(campaign.total.orders)
    document = {"settings": settings.to_context(), "range": seeds, **total, "curve": campaign.curve, **facts}
    write_whole(target, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
