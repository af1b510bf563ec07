"""A replay on the terminal: a timeline in incident time, the rows at the end, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from booking_core.profiles import Promise
from scenarios.replay import Replay
from scenarios.scenario import Scenario

BERLIN = ZoneInfo("Europe/Berlin")
_TONES = {"plain": "", "good": "green", "bad": "bold red", "quiet": "dim"}


def show_replay(console: Console, one: Replay) -> None:
    """Heading, timeline, rows, verdict."""
    settings = one.settings
    without = "".join(f", without layer {int(layer)}" for layer in sorted(settings.without))
    console.rule(f"[bold]{one.scenario.id}[/] · {settings.profile} · {settings.entry}{without}", align="left")
    console.print(f"[dim]{one.scenario.story}")
    profile = settings.effective_profile()
    console.print(
        f"[dim]attendee identity {profile.identity}, Cal.com's clock {one.skew_s:+g} s, seed {settings.seed}, "
        "times are Europe/Berlin by the gateway's clock"
    )
    console.print(_timeline(one))
    console.print(_rows(one))
    _verdict(console, one)


def show_summary(console: Console, scenario: Scenario, replays: Sequence[Replay]) -> None:
    """Before and after: one line a profile."""
    console.rule(f"[bold]{scenario.id}: before and after", align="left")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("profile", "entry", "appointments", *map(str, Promise), "last told", "lesson"):
        table.add_column(heading, overflow="fold")
    for one in replays:
        table.add_row(
            one.settings.profile,
            str(one.settings.entry),
            ", ".join(str(row["id"]) for row in one.seen.appointments),
            *(Text("broken", "red") if promise in one.broken else Text("held", "green") for promise in Promise),
            _last_told(one),
            one.case.lesson if one.case else "",
        )
    console.print(table)


def show_close(console: Console, replays: Sequence[Replay]) -> None:
    """How many held; for a failure the last line is the command that shows it again."""
    wrong = [one for one in replays if not one.as_expected]
    console.print(f"\n{len(replays) - len(wrong)} of {len(replays)} replays ended as expected")
    for one in wrong:
        console.print(Text(f"does not hold: {one.objections[0]}", "bold red"), soft_wrap=True)
    if wrong:
        console.print(f"see it again: {wrong[0].command}", soft_wrap=True)


def _timeline(one: Replay) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    day = ""
    for moment in one.seen.moments:
        local = moment.at.astimezone(BERLIN)
        if day != f"{local:%a %d.%m.%Y}":
            day = f"{local:%a %d.%m.%Y}"
            table.add_row(day, "", "")
        text = Text(moment.what, _TONES[moment.tone])
        if moment.detail:
            text.append(f"  {moment.detail}", "dim")
        table.add_row(_clock(moment.at), moment.who, text)
    return table


def _rows(one: Replay) -> Table:
    table = Table(title="rows at the end", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in ("appointment", "call", "customer", "starts", "booking at Cal.com", "status", "calls linked to it"):
        table.add_column(heading, overflow="fold")
    for row in one.seen.appointments:
        linked = [str(call["id"]) for call in one.seen.calls if call["appointment_id"] == row["id"]]
        table.add_row(
            str(row["id"]),
            str(row["call_id"]),
            str(row["customer_id"]),
            _start(row["starts_at"]),
            str(row["calcom_v2_booking_id"]),
            str(row["status"]),
            ", ".join(linked) or "none",
        )
    return table


def _verdict(console: Console, one: Replay) -> None:
    if one.case is not None:
        console.print(f"[bold]{one.case.lesson}")
    for word in one.seen.layers:
        if word.deciding:
            console.print(f"layer {word.layer} turned the answer to call {word.call_id} down: {word.verdict}")
    for promise, lines in one.broken.items():
        for line in lines:
            console.print(Text.assemble((f"{promise} is broken: ", "red"), line))
    if one.as_expected:
        stated = "ended as the scenario states" if one.case else "kept what the profile promises"
        console.print(Text(f"as expected: {stated}", "green"))
    else:
        for line in one.objections:
            console.print(Text(f"does not hold: {line}", "bold red"))
    console.print(f"[dim]digest {one.digest}, {one.virtual_seconds:,.0f} s in {one.wall_seconds:.2f} s")
    console.print(f"[dim]again: {one.command}\n", soft_wrap=True)


def _last_told(one: Replay) -> str:
    last = one.seen.responses[-1] if one.seen.responses else None
    return "" if last is None else f"{last.call_id}: {last.status}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(BERLIN):%H:%M:%S}.{at.microsecond // 1000:03d}"


def _start(value: Any) -> str:
    return f"{datetime.fromisoformat(str(value)).astimezone(BERLIN):%a %d.%m.%Y %H:%M}"
