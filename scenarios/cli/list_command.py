"""`slotproof list`: scenarios and profiles, a line each."""

from __future__ import annotations

import typer

_EXAMPLES = """Examples:

  slotproof list"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list", epilog=_EXAMPLES)(list_everything)


def list_everything() -> None:
    """List the scenarios and the profiles, a line each."""
    from rich.table import Table

    from booking_core.profiles import profiles
    from scenarios.races import check_then_insert
    from scenarios.registry import scenarios
    from scenarios.report.console import make_console
    from scenarios.storm.mishaps import mishaps

    console = make_console()
    table = Table(title="scenarios", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "title", "cases"):
        table.add_column(heading)
    for scenario in scenarios().values():
        table.add_row(scenario.id, scenario.title, str(len(scenario.cases)))
    console.print(table)

    table = Table(title="to explore", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "title"):
        table.add_column(heading)
    table.add_row(check_then_insert.ID, check_then_insert.TITLE)
    for mishap in mishaps().values():
        table.add_row(mishap.name, mishap.title)
    console.print(table)

    table = Table(title="profiles", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "layers (collect)", "layers (after_call)", "identity", "resolution", "promises"):
        table.add_column(heading)
    for profile in profiles().values():
        layers = [", ".join(str(int(n)) for n in sorted(active)) or "none" for active in profile.layers.values()]
        promises = ", ".join(sorted(profile.promises)) or "nothing"
        table.add_row(profile.name, *layers, str(profile.identity), str(profile.resolution), promises)
    console.print(table)
