"""`slotproof serve`: the fake Cal.com on a port, for a client in any language, with a page to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.errors import UsageError

if TYPE_CHECKING:
    from fake_calcom import FakeCalcom

DEFAULT_PORT = 8043
LOOPBACK = ("127.0.0.1", "::1", "localhost")
WORLD_BYTES_MAX = 256 * 1024 * 1024  # as much as the control door takes
PORT_MAX = 2**16 - 1

_EXAMPLES = """Examples:

  slotproof serve

  slotproof serve --world clinic.json --clock ticking

  slotproof serve --generation 2024-02 --port 0"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options as written."""

    host: str
    port: int
    world: Path | None
    clock: str
    generation: str
    seed: int
    calls_per_minute: int | None = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog=_EXAMPLES)(serve_command)


def serve_command(
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="Anything but loopback lets others control the fake.")] = LOOPBACK[0],
    world: Annotated[Path | None, typer.Option(help="A JSON file: users, schedules, event types, bookings.")] = None,
    clock: Annotated[str, typer.Option(help="frozen (moves only when told) or ticking.")] = "frozen",
    generation: Annotated[str, typer.Option(help="Cal.com at a date, or window:SECONDS.")] = "2025-10-04",
    seed: Annotated[int, typer.Option(help="One seed and one session give one history of ids.")] = 0,
    calls_per_minute: Annotated[int, typer.Option(help="The rate limit of each key; 0 switches it off.", min=0)] = 120,
) -> None:
    """Serve the fake Cal.com until Ctrl-C. Point any client's base URL at it; look at it at /__fake__/."""
    import asyncio

    wishes = Wishes(host, port, world, clock, generation, seed, calls_per_minute or None)
    fake = make_fake(wishes)
    asyncio.run(_serve(fake, wishes))


def make_fake(wishes: Wishes) -> FakeCalcom:
    """The fake that was asked for, not yet open; UsageError for a word, number or world that cannot be used."""
    if not 0 <= wishes.port <= PORT_MAX:
        raise UsageError(f"--port {wishes.port}: expected 0 to {PORT_MAX}")
    if wishes.clock not in {"frozen", "ticking"}:
        raise UsageError(f"--clock {wishes.clock}: expected frozen or ticking")
    world = None if wishes.world is None else read_world(wishes.world)
    from datetime import UTC, datetime

    from fake_calcom import FakeCalcom, FakeClock, WorldError

    clock = FakeClock() if wishes.clock == "frozen" else FakeClock(datetime.now(UTC), "ticking")
    try:
        fake = FakeCalcom(
            clock=clock, seed=wishes.seed, generation=wishes.generation, calls_per_minute=wishes.calls_per_minute
        )
    except ValueError as problem:
        raise UsageError(f"--generation: {problem}") from None
    try:
        if world is not None:
            fake.load_world(world)
    except WorldError as problem:
        raise UsageError(f"--world {wishes.world}: {problem}") from None
    return fake


def read_world(path: Path) -> Any:
    """The JSON value of a file; UsageError when it cannot be read or is not JSON."""
    from fake_calcom.wire import decode

    try:
        if path.stat().st_size > WORLD_BYTES_MAX:
            raise UsageError(f"--world {path}: larger than {WORLD_BYTES_MAX} bytes")
        return decode(path.read_bytes())
    except OSError as problem:
        raise UsageError(f"--world {path}: {problem.strerror}") from None
    except ValueError as problem:
        raise UsageError(f"--world {path}: is not JSON: {problem}") from None


async def _serve(fake: FakeCalcom, wishes: Wishes) -> None:
    import asyncio
    import gc
    import signal

    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    try:
        await fake.open(wishes.host, wishes.port)
    except (OSError, OverflowError) as problem:
        raise UsageError(_cannot_listen(wishes, problem)) from None
    gc.freeze()  # what a world holds stays: the collector need not walk it again and again
    _announce(fake, wishes)
    await told_to_stop.wait()
    await fake.close()


def _announce(fake: FakeCalcom, wishes: Wishes) -> None:
    typer.echo(f"fake Cal.com  {fake.url}/v2")
    typer.echo(f"its page      {fake.url}/__fake__/")
    typer.echo(f"clock         {wishes.clock}, generation {wishes.generation}, seed {wishes.seed}")
    typer.echo("Ctrl-C stops it.")
    if wishes.host not in LOOPBACK:
        typer.echo(f"warning: everybody who reaches {wishes.host} can control this fake", err=True)


def _cannot_listen(wishes: Wishes, problem: Exception) -> str:
    import errno

    number = getattr(problem, "errno", None)
    if number == errno.EADDRINUSE:
        return f"--port {wishes.port} is taken on {wishes.host}; --port 0 takes a free one"
    if number == errno.EACCES:
        return f"--port {wishes.port} needs more rights than you have; ports from 1024 do not"
    return f"--host {wishes.host}: cannot listen there: {problem}"
