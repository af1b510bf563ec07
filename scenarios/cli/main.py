"""`slotproof`: the way in. Each command lives in a file of its own and imports late what it needs."""

from __future__ import annotations

import os
import sys

import typer

from scenarios.cli import (
    explore_command,
    fuzz_command,
    gateway_command,
    list_command,
    load_command,
    matrix_command,
    replay_command,
    serve_command,
    shrink_command,
    sweep_command,
    synthesize_command,
)
from scenarios.cli.db import commands as db_commands
from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import PerformanceFailedError, UsageError

_EPILOG = (
    "Exit status: 0 as expected, 2 wrong use, 10 safety violated, 11 liveness violated, 12 inconclusive, 13 diverged."
)


def make_app() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        name="slotproof",
        help="Replay the incidents of a phone booking service, and prove what stops them.",
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    list_command.register(app)
    replay_command.register(app)
    explore_command.register(app)
    shrink_command.register(app)
    serve_command.register(app)
    gateway_command.register(app)
    load_command.register(app)
    matrix_command.register(app)
    synthesize_command.register(app)
    sweep_command.register(app)
    fuzz_command.register(app)
    db_commands.register(app)
    _tell_statuses(app)
    return app


def run() -> None:
    """Run the command line; wrong input ends in one line on stderr and exit status 2, never in a traceback."""
    try:
        make_app()()
    except UsageError as problem:
        sys.stderr.write(f"slotproof: {problem}\n")
        raise SystemExit(ExitCode.WRONG_USE) from None
    except PerformanceFailedError as broken:
        sys.stderr.write(f"slotproof: the replay itself broke, nothing is proved by it: {broken}\n")
        raise SystemExit(ExitCode.INCONCLUSIVE) from None
    except BrokenPipeError:  # the reader of our output (`head`, a pager) has gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(ExitCode.AS_EXPECTED) from None


def _tell_statuses(app: typer.Typer) -> None:
    """Every command's help ends with what its exit status means: one list, for one number means one thing."""
    for command in app.registered_commands:
        command.epilog = "\n\n".join(filter(None, (command.epilog, _EPILOG)))
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _tell_statuses(group.typer_instance)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"slotproof {version('slotproof')}")
        raise typer.Exit(ExitCode.AS_EXPECTED)


def _options(
    show_version: bool = typer.Option(
        False, "--version", help="Show the version and leave.", is_eager=True, callback=_tell_version
    ),
) -> None:
    """Options of the tool itself, before any command."""
