"""`slotproof synthesize`: from what was logged to the circumstances that bring exactly that about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli.exit_codes import ExitCode

_EXAMPLES = """Examples:

  slotproof synthesize incident.json

  slotproof synthesize A    (what was logged of calls 687 and 688; B: of 682 and 766)"""

_KEPT = {"A": "incident_a.json", "B": "incident_b.json"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("synthesize", epilog=_EXAMPLES)(synthesize_command)


def synthesize_command(
    what: Annotated[str, typer.Argument(metavar="FILE", help="A JSON file of rows and log lines; A or B: a kept one.")],
    json_path: Annotated[Path | None, typer.Option("--json", help="Write what was found as JSON to this file.")] = None,
) -> None:
    """Find the skew, attendee identity, event type, profile and entry that leave exactly what was logged.

    Status 12 when nothing in the space does.
    """
    import json

    from rich.console import Console

    from scenarios.cli.progress import counting
    from scenarios.cli.writing import writable, write_whole
    from scenarios.synthesis.log_file import read_logged
    from scenarios.synthesis.report import document, lines
    from scenarios.synthesis.search import Search, hypotheses
    from scenarios.theatre import Theatre

    if json_path is not None:
        writable(json_path)
    logged = read_logged(kept(what))
    with Theatre() as theatre, counting(Console(stderr=True), "circumstances", len(hypotheses(logged))) as step:
        found = Search(theatre, logged, step).run()
    if json_path is not None:
        write_whole(json_path, json.dumps(document(found), indent=2, ensure_ascii=False) + "\n")
    for line in lines(found):
        typer.echo(line)
    typer.echo(f"again: slotproof synthesize {what}")
    raise typer.Exit(ExitCode.INCONCLUSIVE if found.explanation is None else ExitCode.AS_EXPECTED)


def kept(what: str) -> Path:
    """The file that is meant: A and B are kept with the program."""
    from scenarios import synthesis

    return Path(synthesis.__path__[0]) / _KEPT[what] if what in _KEPT else Path(what)
