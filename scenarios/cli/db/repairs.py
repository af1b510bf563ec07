"""The repairs: what each found as a table, and whether anything was changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.bootstrap import build_core
from booking_core.clock import SystemClock, SystemIds
from booking_core.repair.repairs import DuplicateRepair, LinkBackfill, OrphanSearch
from booking_core.service.reconcile import ReconcileReport
from scenarios.cli.db.connection import database_url, with_engine
from scenarios.cli.db.schema import read_policy
from scenarios.cli.exit_codes import ExitCode
from scenarios.cli.gateway_command import read_settings
from scenarios.cli.writing import writable, write_whole
from scenarios.report.console import make_console

Found = Sequence[dict[str, Any]]


def duplicates(database: str | None, policy: str, json_path: Path | None, *, apply: bool) -> None:
    """Bookings with several appointments."""
    chosen = read_policy(policy)

    async def work(engine: AsyncEngine) -> Found:
        found = await DuplicateRepair(engine=engine, clock=SystemClock())(apply=apply, policy=chosen)
        return [
            {
                "booking": one.booking_uid,
                "kept": one.kept_appointment_id,
                "appointment": one.appointment_id,
                "customer": one.customer_id,
                "call": one.call_id,
                "loses an appointment": one.loses_an_appointment,
            }
            for one in found
        ]

    _tell("duplicate appointments", with_engine(database, work), json_path, applied=apply)


def orphans(database: str | None, json_path: Path | None) -> None:
    """Calls without the appointment that they asked for or made."""

    async def work(engine: AsyncEngine) -> Found:
        found = await OrphanSearch(engine=engine)()
        return [
            {
                "call": one.call_id,
                "appointment": None if one.link is None else one.link.appointment_id,
                "reason": one.reason,
            }
            for one in found
        ]

    _tell("calls that point to no appointment", with_engine(database, work), json_path, remedy="slotproof db backfill")


def backfill(database: str | None, json_path: Path | None, *, apply: bool) -> None:
    """Missing links."""

    async def work(engine: AsyncEngine) -> Found:
        found = await LinkBackfill(engine=engine, clock=SystemClock(), ids=SystemIds())(apply=apply)
        return [
            {
                "call": one.call_id,
                "appointment": one.appointment_id,
                "relation": str(one.relation),
                "original call": one.original_call_id,
            }
            for one in found
        ]

    _tell("missing links", with_engine(database, work), json_path, applied=apply)


def reconcile(database: str | None, calcom: str | None, json_path: Path | None, *, apply: bool) -> None:
    """Ghosts, orphans and unknown attempts. Exit status 12 when Cal.com could not be asked."""
    settings = read_settings({"DATABASE_URL": database_url(database), "CALCOM_URL": calcom})

    async def work(engine: AsyncEngine) -> ReconcileReport:
        async with aiohttp.ClientSession() as http:
            core = build_core(settings=settings, engine=engine, http=http)
            report: ReconcileReport = await core.reconcile(apply=apply)
            return report

    report = with_engine(database, work)
    rows = [{"what": "attempt", "id": number, "settled as": how} for number, how in report.attempts]
    rows += [{"what": "orphan", **asdict(one)} for one in report.orphans]
    rows += [{"what": "ghost", **asdict(one)} for one in report.ghosts]
    _tell("what does not agree with Cal.com", rows, json_path, applied=apply)
    if not report.asked_calcom:
        typer.echo("Cal.com could not be asked: orphans and ghosts are not known", err=True)
        raise typer.Exit(ExitCode.INCONCLUSIVE)


def _tell(what: str, rows: Found, json_path: Path | None, *, applied: bool | None = None, remedy: str = "") -> None:
    console = make_console()
    console.print(f"{what}: {len(rows)}")
    if rows:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*("" if row.get(name) is None else str(row[name]) for name in columns))
        console.print(table)
    if rows and applied is False:
        console.print("nothing was changed; the same with --apply settles it")
    if rows and remedy:
        console.print(f"{remedy} shows what would join them")
    if json_path is not None:
        document = {"what": what, "applied": bool(applied), "found": list(rows)}
        write_whole(writable(json_path), json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")
