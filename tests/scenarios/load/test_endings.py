"""Load runs that do not come to a verdict: a process that fails, SIGTERM, a file that cannot be made."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from booking_core.storage.engines import create_engine
from scenarios.load.processes import ProcessFailedError, serving_calcom
from scenarios.load.run import run_load
from scenarios.load.settings import LoadSettings
from tests.scenarios.command_line import CommandLine
from tests.scenarios.load.children import children, kill

ENDS_WITHIN_S = 120
INTERRUPTED = 130


def at(step: str, strike: Callable[[], None]) -> Callable[[str], None]:
    """For a run to tell its steps to: strikes at one of them."""
    return lambda told: strike() if told == step else None


@pytest.mark.parametrize("faults", [True, False])
async def test_a_gateway_that_died_in_the_middle_is_named(faults: bool) -> None:
    before = children()

    with pytest.raises(ProcessFailedError, match=r"^gateway-1 ended by itself with status -9: "):
        await run_load(LoadSettings(2, 1, seconds=1.0, faults=faults), at("calling", lambda: kill("gateway")))

    assert children() <= before


async def test_a_replacement_that_does_not_come_up_is_named(tmp_path: Path) -> None:
    file, before = tmp_path / "load.db", children()

    def forget_the_schema() -> None:
        with sqlite3.connect(file) as connection:
            connection.execute("DELETE FROM alembic_version")

    with pytest.raises(ProcessFailedError, match=r"^gateway-2 did not come up: .*schema is empty"):
        await run_load(
            LoadSettings(2, 1, seconds=1.0, faults=True, database=f"sqlite:///{file}"), at("calling", forget_the_schema)
        )

    assert children() <= before


@pytest.mark.parametrize("step", ["calling", "reconciling", "judging"])
async def test_a_calcom_that_died_is_named_instead_of_a_connection(step: str) -> None:
    with pytest.raises(ProcessFailedError, match=r"^cal\.com ended by itself with status -9: "):
        await run_load(LoadSettings(1, 1, seconds=0.2), at(step, lambda: kill("serve")))


def test_a_process_that_fails_is_one_sentence_and_proves_nothing(
    slotproof: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTBOX_EVERY_S", "never")

    ended = slotproof("load", "--callers", "1", "--gateways", "1", "--seconds", "0.1")

    assert (ended.status, ended.out) == (12, "")
    assert ended.err.startswith("slotproof: nothing is proved: gateway-1 did not come up: ")
    assert "OUTBOX_EVERY_S" in ended.err
    assert ended.err.count("\n") == 1


async def test_who_cancels_while_a_process_is_ended_is_heard(tmp_path: Path) -> None:
    world, leaving, before = tmp_path / "world.json", asyncio.Event(), children()
    world.write_text("{}")

    async def come_and_go() -> None:
        async with serving_calcom(tmp_path, world, 0) as served:
            served.process.send_signal(signal.SIGSTOP)  # it will not hear that it is to end
            leaving.set()

    task = asyncio.create_task(come_and_go())
    await leaving.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() <= before


@contextmanager
def loading(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A load whose callers are calling, in a process group of its own; what it puts anywhere, it puts in the folder."""
    command = [sys.executable, "-m", "scenarios", "load", "--callers", "2", "--gateways", "1", "--seconds", "600"]
    steps_are_told = {"FORCE_COLOR": "1", "TERM": "xterm", "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [*command, *words],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | steps_are_told | {"TMPDIR": str(folder)},
    ) as process:
        try:
            assert process.stderr is not None
            said = b""
            while b"calling" not in said:
                heard = os.read(process.stderr.fileno(), 65_536)
                assert heard, said.decode()
                said += heard
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def anybody_is_left(process: subprocess.Popen[bytes]) -> bool:
    """Of its group."""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminate", "ctrl_c"])
def test_a_run_that_is_told_to_stop_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with loading(tmp_path) as process:
        made = list(tmp_path.iterdir())

        process.send_signal(number)
        _, said = process.communicate(timeout=ENDS_WITHIN_S)

        assert not anybody_is_left(process)
    assert process.returncode == INTERRUPTED
    assert b"Traceback" not in said
    assert (len(made), list(tmp_path.iterdir())) == (1, [])


@pytest.mark.server_database
def test_however_often_it_is_told_to_stop_its_database_is_dropped(tmp_path: Path, postgres_url: str) -> None:
    with loading(tmp_path, "--database", postgres_url) as process:
        made = asyncio.run(databases_of(process.pid, postgres_url))

        while process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)

        assert not anybody_is_left(process)
    assert (len(made), asyncio.run(databases_of(process.pid, postgres_url))) == (1, [])
    assert list(tmp_path.iterdir()) == []


async def databases_of(process: int, url: str) -> list[str]:
    """The scratch databases that a process has made on the server."""
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            query = text("SELECT datname FROM pg_database WHERE datname LIKE :names")
            return list((await connection.execute(query, {"names": f"slotproof%\\_{process}\\_%"})).scalars())
    finally:
        await engine.dispose()


def nowhere(folder: Path) -> Path:
    return folder / "gone" / "load.db"


def leads_nowhere(folder: Path) -> Path:
    link = folder / "load.db"
    link.symlink_to(folder / "gone" / "load.db")
    return link


def too_long(folder: Path) -> Path:
    return folder / ("x" * 300)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (nowhere, "/gone does not exist"),
        (leads_nowhere, "unable to open database file"),
        (too_long, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_made_is_one_sentence(
    slotproof: CommandLine, tmp_path: Path, place: Callable[[Path], Path], told: str
) -> None:
    ended = slotproof("load", "--callers", "1", "--seconds", "0.1", "--database", f"sqlite:///{place(tmp_path)}")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("slotproof: --database: ")
    assert ended.err.endswith(f"{told}\n")
    assert ended.err.count("\n") == 1
