"""`slotproof matrix`: which subset of the layers suffices, in which database mode, and what gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.matrix.runner import Matrix

_EXAMPLES = """Examples:

  slotproof matrix --html matrix.html --json matrix.json

  slotproof matrix --modes immediate --scenario two-callers --scenario one-caller-twice

  slotproof matrix --proof-preemptions 1 --json proofs.json

  slotproof matrix --modes postgres --postgres postgresql+asyncpg://root@127.0.0.1/test"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("matrix", epilog=_EXAMPLES)(matrix_command)


def matrix_command(
    modes: Annotated[str, typer.Option(help="legacy, begin, immediate, postgres, mariadb.")] = "legacy,begin,immediate",
    schedules: Annotated[int, typer.Option(help="Random schedules of a race before every one is run.", min=1)] = 40,
    preemptions: Annotated[int, typer.Option(help="The bound up to which every race is proved.", min=0, max=10)] = 0,
    proof_preemptions: Annotated[
        int, typer.Option(help="The same for two callers under what decides which subsets suffice.", min=0, max=10)
    ] = 0,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario; may be repeated.")] = None,
    postgres: Annotated[str | None, typer.Option(help="URL of a PostgreSQL server.")] = None,
    mariadb: Annotated[str | None, typer.Option(help="URL of a MariaDB or MySQL server.")] = None,
    processes: Annotated[int | None, typer.Option(help="How many at a time; default: one a core.", min=1)] = None,
    html: Annotated[str | None, typer.Option(help="Write the matrix as one HTML page to this file.")] = None,
    json_path: Annotated[str | None, typer.Option("--json", help="Write the matrix as JSON to this file.")] = None,
) -> None:
    """Try all 16 subsets of the layers in every scenario and database mode, with resolution on.

    A cell is proved up to the bound it names, violated (its command shows the counterexample again), or inconclusive.
    Every counterexample is run again before it is told. Ends with 13 when one does not replay, with 12 when the canary
    (no layer at all) held, with 10 when all four layers together do not suffice somewhere.
    """
    import json
    from functools import partial
    from pathlib import Path

    from scenarios.cli.progress import counting
    from scenarios.cli.writing import writable, write_whole
    from scenarios.matrix.document import document
    from scenarios.matrix.measure import Effort
    from scenarios.matrix.page import page
    from scenarios.matrix.runner import Plan, questions, run_matrix
    from scenarios.report.console import make_console

    html_target = None if html is None else writable(Path(html))
    json_target = None if json_path is None else writable(Path(json_path))
    batches = questions(*_checked(modes, {"postgres": postgres, "mariadb": mariadb}), _known(scenario))
    console = make_console()
    plan = Plan(Effort(schedules, preemptions), proof_preemptions, processes)
    matrix = run_matrix(batches, plan, partial(counting, console))
    if html_target is not None:
        write_whole(html_target, page(matrix))
    if json_target is not None:
        write_whole(json_target, json.dumps(document(matrix), ensure_ascii=False, indent=1) + "\n")
    _tell(console, matrix)
    raise typer.Exit(status_of(matrix))


def _checked(modes: str, urls: dict[str, str | None]) -> tuple[list[str], dict[str, str]]:
    from booking_core.storage.engines import SqliteMode
    from scenarios.databases import check_database

    known = [*SqliteMode, *urls]
    chosen = list(dict.fromkeys(modes.split(",")))
    for mode in chosen:
        if mode not in known:
            raise UsageError(f"--modes {mode}: expected some of {', '.join(known)}, with commas between")
        if mode in urls and urls[mode] is None:
            raise UsageError(f"--modes {mode}: expected --{mode} with the URL of a server, too")
    given = {mode: url for mode, url in urls.items() if url is not None and mode in chosen}
    for url in given.values():
        check_database(url)
    return [str(mode) for mode in chosen], given


def _known(wanted: list[str] | None) -> list[str]:
    from scenarios.matrix.runner import SCENARIOS
    from scenarios.races import check_then_insert
    from scenarios.registry import scenarios
    from scenarios.storm.mishaps import find_mishap

    for name in wanted or ():
        if name == check_then_insert.ID or find_mishap(name) is not None:
            instead = f"`slotproof explore {name} --without 1` shows it without a layer"
            raise UsageError(f"--scenario {name}: the matrix is filled with scenarios alone; {instead}")
        if name not in scenarios():
            raise UsageError(f"--scenario {name}: expected the id of a scenario, see `slotproof list`")
    return list(wanted or SCENARIOS)


def _tell(console: Console, matrix: Matrix) -> None:
    from collections import Counter

    from scenarios.matrix.cells import CellVerdict
    from scenarios.matrix.findings import findings

    for finding in findings(matrix):
        console.print(f"• {finding}", soft_wrap=True, highlight=False)
        if finding.command:
            console.print(f"  {finding.command}", style="dim", soft_wrap=True, highlight=False)
    counts = Counter(str(cell.verdict) for cell in matrix.cells)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in CellVerdict)
    console.print(f"{len(matrix.cells)} cells: {summary}", soft_wrap=True, highlight=False)
    shown = [(cell, cell.counterexample) for cell in matrix.cells if cell.counterexample is not None]
    replayed = sum(counterexample.replays for _, counterexample in shown)
    console.print(f"{replayed} of {len(shown)} counterexamples replayed to the same violation", highlight=False)
    if status_of(matrix) is ExitCode.INCONCLUSIVE:
        console.print("the canary held: without any layer nothing was found, so nothing is proved", soft_wrap=True)
    for cell, counterexample in shown:
        if not counterexample.replays:
            console.print(f"[bold red]did not replay: {cell.command}", soft_wrap=True, highlight=False)


def status_of(matrix: Matrix) -> ExitCode:
    """What the command ends with: first what makes its answers worthless, then what they say."""
    from scenarios.matrix.cells import ALL, CellVerdict

    if any(cell.counterexample is not None and not cell.counterexample.replays for cell in matrix.cells):
        return ExitCode.REPLAY_DIVERGED
    violated = [cell for cell in matrix.cells if cell.verdict is CellVerdict.VIOLATED]
    if all(cell.question.layers for cell in violated):
        return ExitCode.INCONCLUSIVE
    with_all = any(cell.question.layers == ALL for cell in violated)
    return ExitCode.SAFETY_VIOLATED if with_all else ExitCode.AS_EXPECTED
