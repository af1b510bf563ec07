"""`slotproof db …`: the database of the incidents, as if no clean-up had been done, is put in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from booking_core.migrations.schema import WITHOUT_UNIQUE_KEY, upgrade
from booking_core.storage.engines import create_engine
from booking_core.storage.read_models import read_rows
from tests.booking_core.repair import incident_rows
from tests.scenarios.command_line import CommandLine, Ended

Command = Callable[..., Ended]


@pytest.fixture
def incident_database(database_url: str) -> str:
    """642 and 643 on one booking, 640, calls 682, 687, 688, 766; no unique key yet."""

    async def build() -> None:
        engine = create_engine(database_url)
        await upgrade(engine, WITHOUT_UNIQUE_KEY)
        await incident_rows.fill(engine)
        await engine.dispose()

    asyncio.run(build())
    return database_url


def rows_of(url: str) -> dict[str, list[dict[str, Any]]]:
    async def read() -> dict[str, list[dict[str, Any]]]:
        engine = create_engine(url)
        try:
            return await read_rows(engine)
        finally:
            await engine.dispose()

    return asyncio.run(read())


@pytest.mark.server_database
def test_the_incidents_database_is_put_in_order(slotproof: CommandLine, incident_database: str, tmp_path: Path) -> None:
    there = ["--database", incident_database]
    found = tmp_path / "found.json"

    assert slotproof("db", "verify", *there).status == 10
    before = rows_of(incident_database)
    told = slotproof("db", "duplicates", *there, "--json", str(found))
    assert "nothing was changed; the same with --apply settles it" in told.out
    assert rows_of(incident_database) == before

    for words in (["duplicates", "--apply"], ["backfill", "--apply"], ["upgrade"]):
        assert slotproof("db", *words, *there).status == 0

    after = rows_of(incident_database)
    calls = {row["id"]: row for row in after["calls"]}
    assert [one["appointment"] for one in json.loads(found.read_text())["found"]] == [643]
    assert slotproof("db", "verify", *there).status == 0
    assert (calls[766]["appointment_id"], calls[682]["appointment_id"]) == (640, 640)
    assert calls[766]["booking_metadata"]["duplicate_attempt"] is True
    assert calls[766]["booking_metadata"]["original_booking_call_id"] == 682
    assert "backfilled_at" in calls[766]["booking_metadata"]
    assert "duplicate_booking_bug" in [line["event_type"] for line in after["system_audit_log"]]
    again = slotproof("db", "backfill", *there, "--apply")
    assert "missing links: 0" in again.out


WRONG = [
    (["db", "upgrade"], "no database: expected --database URL or the variable DATABASE_URL"),
    (["db", "upgrade", "--database", "oracle://x/y"], "'oracle' is not supported; expected sqlite:///FILE"),
    (["db", "upgrade", "--database", "sqlite:///here.db", "--revision", "9999"], "no migration '9999'"),
    (["db", "duplicates", "--database", "sqlite:///here.db", "--policy", "burn"], "--policy burn: expected cancel"),
    (["db", "backfill", "--database", "sqlite:///here.db"], "the database has no table"),
    (["db", "reconcile", "--database", "sqlite:///here.db"], "CALCOM_API_KEY is missing"),
    (["gateway", "--database", "sqlite:///here.db"], "CALCOM_API_KEY is missing"),
]


@pytest.mark.parametrize(("words", "line"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_wrong_words_end_in_a_clear_line(
    slotproof: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    ended = slotproof(*words)

    assert ended.status == 2
    assert line in ended.err
    assert "Traceback" not in ended.err


def test_a_gateway_on_an_old_schema_says_what_to_do(
    slotproof: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CALCOM_API_KEY", "CALCOM_WEBHOOK_SECRET", "RETELL_API_KEY"):
        monkeypatch.setenv(name, "given")

    ended = slotproof("gateway", "--database", "sqlite:///here.db")

    assert ended.status == 2
    assert "run `slotproof db upgrade`" in ended.err
