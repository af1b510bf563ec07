"""`slotproof shrink`: the smallest set of deviations from plain order that still fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

_EXAMPLES = """Examples:

  slotproof explore two-callers --identity shared --without 1 --without 2 --without 4

  slotproof shrink slotproof-two-callers-….json"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("shrink", epilog=_EXAMPLES)(shrink_command)


def shrink_command(bundle: Annotated[Path, typer.Argument(help="A file that `slotproof explore` wrote.")]) -> None:
    """Shrink a recorded failure: fewer deviations from plain order, the same finding. The file is rewritten."""
    from scenarios.bundles import read_recording
    from scenarios.cli.progress import waiting
    from scenarios.cli.writing import writable
    from scenarios.explorable import world_of
    from scenarios.exploration import Explorer
    from scenarios.report.console import make_console
    from scenarios.theatre import Theatre
    from simulator.checker import Verdict
    from simulator.schedulers.from_list import FromList

    recording = read_recording(bundle)
    writable(bundle)
    console = make_console()
    with Theatre() as theatre, waiting(console, "shrinking"):
        explorer = Explorer(world_of(theatre, recording.context))
        answers = [decision.chosen for decision in recording.full or recording.decisions]
        failing = explorer.run(FromList(answers), recording.seed)
        if failing.verdict is not Verdict.INVALID:
            raise UsageError(f"{bundle}: the recorded run does not fail any more; slotproof replay {bundle} says more")
        shrunk = explorer.bundle(failing, bundle)
    console.print(f"the smallest run: {shrunk.sentence}", soft_wrap=True)
    console.print(f"replayed equally {shrunk.replays_equal} of 10 times", soft_wrap=True)
    console.print(f"see it again: {shrunk.command}", soft_wrap=True)
    raise typer.Exit(ExitCode.AS_EXPECTED)
