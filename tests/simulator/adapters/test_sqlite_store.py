"""The database file: fresh for each run, quick to restore, and gone when its process is."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from simulator.adapters.sqlite_store import Journal, SqliteStore, sweep_leftovers, template_from_script

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, twice TEXT GENERATED ALWAYS AS (name || name));
CREATE TABLE child (parent INT REFERENCES parent, made TEXT DEFAULT CURRENT_TIMESTAMP);
INSERT INTO parent (name) VALUES ('ann'), ('bob');
"""
NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.mark.parametrize("journal", list(Journal))
def test_it_opens_in_the_journal_mode_asked_for(journal: Journal, tmp_path: Path) -> None:
    with (
        SqliteStore(template_from_script(SCRIPT), journal=journal, directory=tmp_path) as store,
        closing(store.connect()) as connection,
    ):
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]

    assert mode == ("wal" if journal is Journal.WAL else "delete")


def test_restore_puts_the_templates_rows_and_numbers_back(tmp_path: Path) -> None:
    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store, closing(store.connect()) as open_one:
        open_one.execute("DELETE FROM parent WHERE name = 'ann'")
        open_one.execute("INSERT INTO parent (name) VALUES ('eve')")
        open_one.execute("INSERT INTO child (parent) VALUES (3)")
        open_one.commit()

        store.restore()
        open_one.execute("INSERT INTO parent (name) VALUES ('new')")

        assert open_one.execute("SELECT id, name FROM parent").fetchall() == [(1, "ann"), (2, "bob"), (3, "new")]
        assert open_one.execute("SELECT * FROM child").fetchall() == []


def test_restore_refuses_a_changed_schema_and_rewrite_starts_anew(tmp_path: Path) -> None:
    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store:
        store.restore()
        with closing(store.connect()) as connection:
            connection.execute("DROP TABLE child")

        with pytest.raises(RuntimeError, match="changed the schema"):
            store.restore()
        store.rewrite()

        with closing(store.connect()) as connection:
            assert connection.execute("SELECT COUNT(*) FROM child").fetchone() == (0,)


def test_a_snapshot_is_the_template_of_another_store(tmp_path: Path) -> None:
    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as first:
        with closing(first.connect()) as connection:
            connection.execute("INSERT INTO parent (name) VALUES ('eve')")
            connection.commit()
        snapshot = first.snapshot()

    with (
        SqliteStore(snapshot, journal=Journal.ROLLBACK, directory=tmp_path) as second,
        closing(second.connect()) as connection,
    ):
        assert connection.execute("SELECT COUNT(*) FROM parent").fetchone() == (3,)


def test_close_leaves_no_file_behind(tmp_path: Path) -> None:
    store = SqliteStore(template_from_script(SCRIPT), directory=tmp_path)
    connection = store.connect()
    connection.execute("INSERT INTO parent (name) VALUES ('eve')")
    connection.close()

    store.close()
    store.close()

    assert list(tmp_path.iterdir()) == []


def test_the_files_of_dead_processes_are_swept_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = tmp_path / f"slotproof-{int(dead.stdout)}-0.db"
    left.touch()
    left.with_name(left.name + "-wal").touch()
    other = tmp_path / "slotproof-notes-1.db"
    other.touch()

    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store:
        swept_again = sweep_leftovers(tmp_path)

        assert swept_again == 0
        assert {path.name for path in tmp_path.glob("*.db")} == {other.name, store.path.name}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CURRENT_TIMESTAMP", "2026-03-01 12:00:00"),
        ("CURRENT_DATE", "2026-03-01"),
        ("CURRENT_TIME", "12:00:00"),
        ("datetime()", "2026-03-01 12:00:00"),
        ("datetime('now', '+1 day')", "2026-03-02 12:00:00"),
        ("date('NOW')", "2026-03-01"),
        ("strftime('%s')", "1772366400"),
        ("strftime('%Y', 'now')", "2026"),
        ("datetime('2020-02-02 02:02:02')", "2020-02-02 02:02:02"),
        ("date(NULL)", None),
    ],
)
def test_the_databases_own_clock_is_the_runs(expression: str, expected: str | None, tmp_path: Path) -> None:
    with (
        SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store,
        closing(store.connect()) as connection,
        store.functions.driven_by(lambda: NOON, random.Random(1)),
    ):
        value = connection.execute(f"SELECT {expression}").fetchone()[0]

    assert value == expected


def test_a_columns_default_uses_the_runs_clock(tmp_path: Path) -> None:
    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store, closing(store.connect()) as connection:
        with store.functions.driven_by(lambda: NOON, random.Random(1)):
            connection.execute("INSERT INTO child (parent) VALUES (1)")

        assert connection.execute("SELECT made FROM child").fetchone() == ("2026-03-01 12:00:00",)


def test_an_index_on_a_date_still_works(tmp_path: Path) -> None:
    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store, closing(store.connect()) as connection:
        connection.execute("CREATE INDEX by_day ON child (date(made))")
        connection.execute("INSERT INTO child (made) VALUES ('2026-03-01 23:00:00')")

        assert connection.execute("SELECT COUNT(*) FROM child WHERE date(made) = '2026-03-01'").fetchone() == (1,)


def test_the_databases_random_numbers_come_from_the_seed(tmp_path: Path) -> None:
    def draw() -> tuple[int, bytes]:
        with store.functions.driven_by(lambda: NOON, random.Random(7)):
            row: tuple[int, bytes] = connection.execute("SELECT random(), randomblob(4)").fetchone()
            return row

    with SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store, closing(store.connect()) as connection:
        first, second = draw(), draw()

    assert first == second
    assert len(first[1]) == 4


def test_a_connection_never_waits_in_real_time(tmp_path: Path) -> None:
    with (
        SqliteStore(template_from_script(SCRIPT), directory=tmp_path) as store,
        closing(store.connect()) as holder,
        closing(store.connect()) as other,
    ):
        holder.execute("INSERT INTO child (parent) VALUES (1)")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO child (parent) VALUES (2)")
