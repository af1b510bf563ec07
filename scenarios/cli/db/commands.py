"""The `slotproof db` commands: what each is called and takes. Repairs tell what they found until told to `--apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Database = Annotated[
    str | None, typer.Option("--database", help="SQLite, PostgreSQL or MariaDB URL; else DATABASE_URL.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Change it; without, only tell.")]
Policy = Annotated[str, typer.Option("--policy", help="What becomes of all but the oldest: cancel or delete.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write what was found as JSON to this file.")]

_ORDER = """An old or damaged database, in this order:

  slotproof db upgrade --revision 0002 --database sqlite:///clinic.db

  slotproof db duplicates --database sqlite:///clinic.db --apply

  slotproof db backfill --database sqlite:///clinic.db --apply

  slotproof db upgrade --database sqlite:///clinic.db

  slotproof db verify --database sqlite:///clinic.db"""

_UPGRADE = """Examples:

  slotproof db upgrade --database postgresql://gateway@localhost/clinic

  slotproof db upgrade --database sqlite:///clinic.db --revision 0002"""

_DOWNGRADE = """Examples:

  slotproof db downgrade 0002 --database sqlite:///clinic.db"""

_DUPLICATES = """Examples:

  slotproof db duplicates --database sqlite:///clinic.db --json found.json

  slotproof db duplicates --database sqlite:///clinic.db --policy cancel --apply"""

_ORPHANS = """Examples:

  slotproof db orphans --database sqlite:///clinic.db"""

_BACKFILL = """Examples:

  slotproof db backfill --database sqlite:///clinic.db

  slotproof db backfill --database sqlite:///clinic.db --apply"""

_RECONCILE = """Examples:

  slotproof db reconcile --database sqlite:///clinic.db --calcom http://127.0.0.1:8043

  slotproof db reconcile --database sqlite:///clinic.db --apply"""

_VERIFY = """Examples:

  slotproof db verify --database mysql://gateway@localhost/clinic"""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="The gateway's database: schema and repair.", no_args_is_help=True, epilog=_ORDER)
    group.command("upgrade", epilog=_UPGRADE)(upgrade)
    group.command("downgrade", epilog=_DOWNGRADE)(downgrade)
    group.command("duplicates", epilog=_DUPLICATES)(duplicates)
    group.command("orphans", epilog=_ORPHANS)(orphans)
    group.command("backfill", epilog=_BACKFILL)(backfill)
    group.command("reconcile", epilog=_RECONCILE)(reconcile)
    group.command("verify", epilog=_VERIFY)(verify)
    app.add_typer(group, name="db")


def upgrade(
    database: Database = None,
    revision: Annotated[str, typer.Option(help="0001 to 0004 or head.")] = "head",
    policy: Policy = "cancel",
) -> None:
    """Bring the schema up. Existing duplicates are settled and audited before the unique key is made."""
    from scenarios.cli.db import schema

    schema.upgrade(database, revision, policy)


def downgrade(
    revision: Annotated[str, typer.Argument(help="0002, 0001 or base; tables of later steps go with their rows.")],
    database: Database = None,
) -> None:
    """Take the schema back."""
    from scenarios.cli.db import schema

    schema.downgrade(database, revision)


def duplicates(
    database: Database = None, apply: Apply = False, policy: Policy = "cancel", json_path: Json = None
) -> None:
    """Find bookings that have several appointments; with --apply keep the oldest and settle the others."""
    from scenarios.cli.db import repairs

    repairs.duplicates(database, policy, json_path, apply=apply)


def orphans(database: Database = None, json_path: Json = None) -> None:
    """Find calls that asked for or made an appointment and point to none."""
    from scenarios.cli.db import repairs

    repairs.orphans(database, json_path)


def backfill(database: Database = None, apply: Apply = False, json_path: Json = None) -> None:
    """Find missing links between calls and appointments; with --apply write them."""
    from scenarios.cli.db import repairs

    repairs.backfill(database, json_path, apply=apply)


def reconcile(
    database: Database = None,
    calcom: Annotated[str | None, typer.Option(help="Where Cal.com is, without /v2; else CALCOM_URL.")] = None,
    apply: Apply = False,
    json_path: Json = None,
) -> None:
    """Find ghosts (booked at Cal.com, not here), orphans (here, not there) and unknown attempts; --apply settles them.

    The keys come from the environment, as the gateway's do.
    """
    from scenarios.cli.db import repairs

    repairs.reconcile(database, calcom, json_path, apply=apply)


def verify(database: Database = None) -> None:
    """Ask whether the database is in order: 0 bookings with several appointments, 1 unique key. Status 10 if not."""
    from scenarios.cli.db import schema

    schema.verify(database)
