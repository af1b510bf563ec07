"""`slotproof load`: real processes, real sockets, a real database, judged by the same checkers as every simulation."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.cli.completion import identities, profile_names
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from scenarios.load.run import LoadResult
    from scenarios.load.settings import LoadSettings

_EXAMPLES = """Examples:

  slotproof load --callers 50 --seconds 30 --faults

  slotproof load --database postgresql://root@127.0.0.1/test --gateways 3

  slotproof load --profile unprotected --identity shared"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load", epilog=_EXAMPLES)(load_command)


def load_command(
    database: Annotated[
        str | None, typer.Option(help="A server's URL (a database beside it is made and dropped) or a new SQLite file.")
    ] = None,
    callers: Annotated[int, typer.Option(help="Callers at once.", min=1, max=1000)] = 20,
    gateways: Annotated[int, typer.Option(help="Gateways on the one database.", min=1, max=16)] = 2,
    seconds: Annotated[float, typer.Option(help="How long they call.", min=0.1, max=3600)] = 10.0,
    faults: Annotated[
        bool,
        typer.Option(
            "--faults", help="Lose requests and replies, kill a gateway; without it, every call must get an answer."
        ),
    ] = False,
    profile: Annotated[
        str, typer.Option(help="unprotected, deployed, recommended or hardened.", autocompletion=profile_names)
    ] = "hardened",
    identity: Annotated[
        str | None, typer.Option(help="shared, per_call or per_customer.", autocompletion=identities)
    ] = None,
    seed: Annotated[int, typer.Option(help="Who wants which slot; the machine's own timing is not repeated.")] = 0,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON to this file.")] = None,
) -> None:
    """Load gateways with callers who retry, then heal, reconcile and judge. Status 10: a promise broken; 11: not
    settled or not answered; 12: nothing proved.
    """
    import json

    from scenarios.cli.writing import writable, write_whole
    from scenarios.load.report import document, lines, verdict_of
    from scenarios.load.settings import LoadSettings

    if json_path is not None:
        writable(json_path)
    settings = LoadSettings(callers, gateways, seconds, faults, database, profile, identity, seed)
    _check(settings)
    result = _run(settings)
    if json_path is not None:
        write_whole(json_path, json.dumps(document(result), indent=2, ensure_ascii=False) + "\n")
    for line in lines(result):
        typer.echo(line)
    typer.echo(f"again: {again(settings)}")
    raise typer.Exit(verdict_of(result))


def _check(settings: LoadSettings) -> None:
    from booking_core.profiles import AttendeeIdentity, profiles

    if settings.profile not in profiles():
        raise UsageError(f"--profile {settings.profile}: expected one of {', '.join(profiles())}")
    if settings.identity is not None and settings.identity not in set(AttendeeIdentity):
        raise UsageError(f"--identity {settings.identity}: expected one of {', '.join(AttendeeIdentity)}")


def _run(settings: LoadSettings) -> LoadResult:
    import asyncio

    from rich.console import Console

    from scenarios.load.processes import ProcessFailedError
    from scenarios.load.run import run_load

    console = Console(stderr=True)
    try:
        with console.status("load") as status:
            return asyncio.run(_until_terminated(run_load(settings, status.update)))
    except ProcessFailedError as problem:
        typer.echo(f"slotproof: nothing is proved: {problem}", err=True)
        raise typer.Exit(ExitCode.INCONCLUSIVE) from None
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _until_terminated(work: Coroutine[Any, Any, LoadResult]) -> LoadResult:
    """SIGTERM cancels it as Ctrl-C does, once: a second one would cut short what ends processes and drops databases."""
    import asyncio
    import signal

    loop, task, was_told = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
    assert task is not None

    def stop() -> None:
        if not was_told.is_set():
            was_told.set()
            task.cancel()

    loop.add_signal_handler(signal.SIGTERM, stop)
    return await work


def again(settings: LoadSettings) -> str:
    """The command that loads with these settings again; a server's password is left to who runs it."""
    from scenarios.databases import without_password

    words = ["slotproof load", f"--callers {settings.callers}", f"--gateways {settings.gateways}"]
    words += [f"--seconds {settings.seconds:g}", f"--profile {settings.profile}", f"--seed {settings.seed}"]
    words += ["--faults"] if settings.faults else []
    words += [f"--identity {settings.identity}"] if settings.identity is not None else []
    words += [f"--database '{without_password(settings.database)}'"] if settings.database is not None else []
    return " ".join(words)
