"""`slotproof fuzz`: Hypothesis writes programs for the whole system, and shrinks the first that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.completion import identities, profile_names
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from scenarios.storm.fuzzing import ProgramFailedError
    from scenarios.storm.settings import StormSettings

_ROUND = 50  # programs between two looks at the clock
_KINDS = ("both", "sequential", "parallel")
_EXAMPLES = """Examples:

  slotproof fuzz --examples 100

  slotproof fuzz --seconds 600 --kind parallel

  slotproof fuzz --profile deployed"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fuzz", epilog=_EXAMPLES)(fuzz_command)


def fuzz_command(
    examples: Annotated[int, typer.Option(help="Programs of each kind to try.", min=1, max=10**9)] = 100,
    seconds: Annotated[float | None, typer.Option(help="Go on for so long instead.", min=1.0)] = None,
    kind: Annotated[str, typer.Option(help="sequential, parallel or both.")] = "both",
    profile: Annotated[
        str, typer.Option(help="unprotected, deployed, recommended or hardened.", autocompletion=profile_names)
    ] = "hardened",
    identity: Annotated[
        str | None, typer.Option(help="shared, per_call or per_customer.", autocompletion=identities)
    ] = None,
    without: Annotated[list[int] | None, typer.Option(help="A layer to switch off, 1 to 4; may be repeated.")] = None,
    json_path: Annotated[str | None, typer.Option("--json", help="Write what came of it as JSON to this file.")] = None,
) -> None:
    """Let Hypothesis look for a program of calls, changes, faults, crashes and wrong clocks that breaks the system.

    Failures are kept under .slotproof/examples and tried first the next time, under the same settings. The smallest one
    is written to a file that `slotproof replay` shows again.
    """
    from pathlib import Path

    from scenarios.cli.replay_settings import Wishes, checked
    from scenarios.cli.writing import writable
    from scenarios.report.console import make_console
    from scenarios.storm.settings import StormSettings

    if kind not in _KINDS:
        raise UsageError(f"--kind {kind}: expected one of {', '.join(_KINDS)}")
    target = None if json_path is None else writable(Path(json_path))
    wishes = checked(Wishes(profile, None, identity, tuple(without or ()), None, seed=0))
    settings = StormSettings(wishes.profile, wishes.identity, wishes.without)
    raise typer.Exit(_fuzz(make_console(), settings, kind, examples, seconds, target))


def _fuzz(
    console: Console, settings: StormSettings, kind: str, examples: int, seconds: float | None, target: Path | None
) -> ExitCode:
    failed, tried = _look(console, settings, kind, examples, seconds)
    facts: dict[str, object] = {"settings": settings.to_context(), "kind": kind, "programs": tried}
    status = ExitCode.AS_EXPECTED
    if failed is None:
        console.print(f"[green]{tried} programs held[/]; that proves nothing, it only did not find anything")
    else:
        status, found = _tell(console, settings, failed)
        facts |= found
    if target is not None:
        import json

        from scenarios.cli.writing import write_whole

        write_whole(target, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    return status


def _look(
    console: Console, settings: StormSettings, kind: str, examples: int, seconds: float | None
) -> tuple[ProgramFailedError | None, int]:
    """The smallest failing program, and how many were asked for until then."""
    from scenarios.cli.progress import waiting
    from scenarios.storm.fuzzing import find_failure, fuzz_in_parallel, fuzz_sequentially
    from scenarios.storm.storm import Storm
    from scenarios.theatre import Theatre

    kinds = {"sequential": fuzz_sequentially, "parallel": fuzz_in_parallel}
    chosen = list(kinds.values()) if kind == "both" else [kinds[kind]]
    tried = 0
    with Theatre() as theatre, waiting(console, f"fuzzing {settings.profile}"):
        storm = Storm(theatre, settings)
        began = theatre.stopwatch()
        while True:
            for fuzz in chosen:
                size = examples if seconds is None else _ROUND
                failed = find_failure(fuzz, storm, size)
                tried += size
                if failed is not None:
                    return failed, tried
            if seconds is None or theatre.stopwatch() - began >= seconds:
                return None, tried


def _tell(console: Console, settings: StormSettings, failed: ProgramFailedError) -> tuple[ExitCode, dict[str, object]]:
    """Keep the smallest program and its run as a file."""
    from scenarios.cli.progress import waiting
    from scenarios.exploration import Explorer, bundle_path
    from scenarios.run_status import status_of
    from scenarios.storm.fuzzing import ProgramWorld
    from scenarios.storm.storm import Storm
    from scenarios.theatre import Theatre
    from simulator.checker import Verdict

    console.print(f"[bold red]{failed}", soft_wrap=True, markup=True)
    for line in failed.program.in_words():
        console.print(line, soft_wrap=True, markup=False)
    if failed.result.verdict is Verdict.UNKNOWN:
        return ExitCode.INCONCLUSIVE, {"reason": str(failed)}
    with Theatre() as theatre, waiting(console, "shrinking its order, and replaying ten times"):
        world = ProgramWorld(Storm(theatre, settings), failed.program)
        path = bundle_path(world)
        bundle = Explorer(world).bundle(failed.result, path)
    console.print(f"the smallest order: {bundle.sentence}", soft_wrap=True)
    console.print(f"replayed equally {bundle.replays_equal} of 10 times; written to {path}", soft_wrap=True)
    console.print(f"see it again: {bundle.command}", soft_wrap=True)
    facts: dict[str, object] = {"reason": str(failed), "program": failed.program.to_json(), "bundle": str(path)}
    return status_of(failed.result), facts
