"""`slotproof gateway`: the booking core as a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.completion import profile_names
from scenarios.errors import UsageError

if TYPE_CHECKING:
    from booking_core.gateway import Gateway
    from booking_core.settings import Settings

DEFAULT_PORT = 8080

_EXAMPLES = """Keys come from the environment: CALCOM_API_KEY, CALCOM_WEBHOOK_SECRET, RETELL_API_KEY. So does every
other setting (see booking_core/GATEWAY.md); an option given here wins.

Examples:

  slotproof db upgrade --database sqlite:///clinic.db

  slotproof gateway --database sqlite:///clinic.db --calcom http://127.0.0.1:8043"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gateway", epilog=_EXAMPLES)(gateway_command)


def gateway_command(
    database: Annotated[str | None, typer.Option(help="SQLite, PostgreSQL or MariaDB URL (DATABASE_URL).")] = None,
    calcom: Annotated[str | None, typer.Option(help="Where Cal.com is, without /v2 (CALCOM_URL).")] = None,
    profile: Annotated[
        str | None, typer.Option(help="A profile of `slotproof list` (BOOKING_PROFILE).", autocompletion=profile_names)
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen; loopback unless you say otherwise.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = DEFAULT_PORT,
) -> None:
    """Serve the gateway until Ctrl-C or SIGTERM; what was begun is finished first. Logs go to stderr, as JSON."""
    import asyncio

    from booking_core.gateway import GatewayStartError, serve

    settings = read_settings({"DATABASE_URL": database, "CALCOM_URL": calcom, "BOOKING_PROFILE": profile})
    try:
        asyncio.run(serve(settings, host, port, on_ready=_tell))
    except GatewayStartError as problem:
        raise UsageError(str(problem)) from None


def read_settings(options: dict[str, str | None]) -> Settings:
    """Settings from the environment, options first; UsageError names every wrong one."""
    import os

    from booking_core.settings import SettingsError, settings_from

    given = {name: value for name, value in options.items() if value is not None}
    try:
        return settings_from({**os.environ, **given})
    except SettingsError as wrong:
        raise UsageError("; ".join(wrong.problems)) from None


def _tell(gateway: Gateway) -> None:
    typer.echo(f"the gateway serves at {gateway.url} (health: {gateway.url}/health, metrics: {gateway.url}/metrics)")
