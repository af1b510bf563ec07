"""Real processes on each of the three databases: short, with faults, and nothing broken or left open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scenarios.load.databases import database_of
from scenarios.load.processes import ProcessFailedError, serving_calcom, serving_gateway
from scenarios.load.settings import LoadSettings
from tests.scenarios.command_line import CommandLine
from tests.scenarios.load.children import children

SHORT = ("--callers", "4", "--gateways", "2", "--seconds", "4")


def test_nothing_is_broken_or_left_open_on_any_database(
    slotproof: CommandLine, database_url: str, tmp_path: Path
) -> None:
    result_file, before = tmp_path / "load.json", children()

    ended = slotproof("load", *SHORT, "--faults", "--database", database_url, "--json", str(result_file))

    result: dict[str, Any] = json.loads(result_file.read_text())
    assert ended.status == 0, ended.out + ended.err
    assert (result["violations"], result["unsettled"], result["verdict"]) == ([], [], "as_expected")
    assert result["statuses"]["booked"] > 0
    assert result["faults"]["gateway killed"] == 1
    assert set(result["layers"]) == {"1", "2", "3", "4"}
    hooks = result["webhooks"]
    assert 0 < hooks["events"] <= hooks["handled"]
    assert hooks["received"] > hooks["events"]  # every event went to both gateways, and was handled by one
    assert hooks["sent"] >= hooks["received"]  # to the one that was killed, nothing could be delivered
    assert children() <= before


def test_without_protection_two_people_get_one_booking(slotproof: CommandLine, tmp_path: Path) -> None:
    result_file = tmp_path / "load.json"

    ended = slotproof(
        "load", "--callers", "8", "--seconds", "4", "--profile", "unprotected", "--json", str(result_file)
    )

    result = json.loads(result_file.read_text())
    assert result["appointments"] > result["bookings"]
    assert "broken, and not promised by unprotected: no duplicate" in ended.out


async def test_a_gateway_that_does_not_come_up_is_named_with_its_last_words(tmp_path: Path) -> None:
    before = children()

    with pytest.raises(ProcessFailedError, match=r"gateway-1 did not come up: .*schema is empty"):
        async with serving_gateway(1, tmp_path, LoadSettings(), f"sqlite:///{tmp_path}/empty.db", "http://127.0.0.1:9"):
            pass

    assert children() <= before


async def test_a_process_is_ended_when_the_run_breaks(tmp_path: Path) -> None:
    world = tmp_path / "world.json"
    world.write_text("{}")
    before = children()

    with pytest.raises(ZeroDivisionError):
        async with serving_calcom(tmp_path, world, 0):
            raise ZeroDivisionError

    assert children() <= before


async def test_a_sqlite_file_that_is_there_is_not_written_to(tmp_path: Path) -> None:
    from scenarios.errors import UsageError

    file = tmp_path / "rows.db"
    file.write_bytes(b"somebody's rows")

    with pytest.raises(UsageError, match="is there already"):
        async with database_of(LoadSettings(database=f"sqlite:///{file}"), tmp_path):
            pass

    assert file.read_bytes() == b"somebody's rows"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--profile", "brave"), "--profile brave: expected one of unprotected"),
        (("--identity", "nobody"), "--identity nobody: expected one of shared"),
        (("--database", "oracle://there"), "--database: database URL oracle://there: 'oracle' is not supported"),
        (("--database", "sqlite://"), "a SQLite database must be a file"),
        (("--callers", "0"), "--callers"),
    ],
)
def test_wrong_use_is_told_before_anything_is_started(
    slotproof: CommandLine, words: tuple[str, ...], told: str
) -> None:
    ended = slotproof("load", *words)

    assert ended.status == 2
    assert told in ended.err
