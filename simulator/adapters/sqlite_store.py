"""A SQLite file that starts every run from the same template bytes.

The file lies on /dev/shm where there is one: 28 us for a fresh database, no disk in the measurement. It is
a real file and not a memory database because only a file in WAL mode lets one connection read a snapshot
while another writes.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simulator.adapters.sqlite_functions import SqlFunctions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.simulation import Simulation

_PREFIX = "slotproof"
_COMPANIONS = ("", "-wal", "-shm", "-journal")
_NAME = re.compile(rf"{_PREFIX}-(\d+)-\d+\.db")
_FILE_FORMAT_VERSIONS = slice(18, 20)  # SQLite's header: write and read version; 2 means WAL, 1 a rollback journal


class Journal(StrEnum):
    """How SQLite keeps a transaction: beside the file (`wal`) or by saving old pages first (`rollback`)."""

    WAL = "wal"
    ROLLBACK = "rollback"


def build_template(build: Callable[[sqlite3.Connection], object]) -> bytes:
    """The bytes of a database that `build` filled through a plain connection; commit inside or leave it to this."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        build(connection)
        connection.commit()
        return connection.serialize()


def template_from_script(script: str) -> bytes:
    """The bytes of a database made by a script of SQL statements."""
    return build_template(lambda connection: connection.executescript(script))


def sweep_leftovers(directory: Path) -> int:
    """Remove the databases of processes that died without closing them; returns how many."""
    dead = [path for path in directory.glob(f"{_PREFIX}-*-*.db") if _owner_is_gone(path.name)]
    for path in dead:
        _unlink(path)
    return len(dead)


class SqliteStore:
    """One database file; `connect` opens it, `restore` puts the template back between runs, `close` removes it."""

    def __init__(self, template: bytes, *, journal: Journal = Journal.WAL, directory: Path | None = None) -> None:
        self.journal = journal
        self.functions = SqlFunctions()
        self._template = _with_journal(template, journal)
        folder = directory or fast_directory()
        sweep_leftovers(folder)
        self.path = _claim_name(folder)
        self._keeper: _Keeper | None = None
        self._write_template()

    def connect(self) -> sqlite3.Connection:
        """A plain connection that never waits by itself: waiting happens in virtual time, outside SQLite."""
        connection = sqlite3.connect(self.path, timeout=0, check_same_thread=False)
        if self.journal is Journal.WAL:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA synchronous=OFF")
        self.functions.install(connection)
        return connection

    def restore(self) -> None:
        """Put the template's rows back while connections stay open (a pool may keep them).

        Raises RuntimeError when the schema is not the template's any more: close the connections and call
        `rewrite`.
        """
        if self._keeper is None:
            self._keeper = _Keeper(self.path, _with_journal(self._template, Journal.ROLLBACK))
        self._keeper.restore()

    @contextlib.contextmanager
    def environment(self, simulation: Simulation) -> Iterator[None]:
        """For `Simulation(environment=[store.environment])`: a fresh database whose clock and entropy are the run's."""
        self.restore()
        with self.functions.driven_by(simulation.clock.now, simulation.choices.random("sqlite")):
            yield

    def rewrite(self) -> None:
        """Write the template's bytes anew; every connection must be closed before."""
        self._close_keeper()
        _unlink(self.path)
        self._write_template()

    def snapshot(self) -> bytes:
        """The database as it is now, fit to be the template of another store."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.serialize()

    def close(self) -> None:
        """Remove the file and its companions; may be called twice."""
        self._close_keeper()
        self.functions.close()
        _unlink(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _write_template(self) -> None:
        self.path.write_bytes(self._template)

    def _close_keeper(self) -> None:
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None


class _Keeper:
    """Holds the template beside the live database in one connection and copies its rows back."""

    def __init__(self, path: Path, template: bytes) -> None:
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("ATTACH ':memory:' AS template")
        self._connection.deserialize(template, name="template")
        self._schema_version = self._schema("template")
        self._statements = [statement for table in self._tables() for statement in self._reset(table)]

    def restore(self) -> None:
        with self._exclusively():
            if self._schema("main") != self._schema_version:
                raise RuntimeError("restore: the run changed the schema; close its connections and call rewrite()")
            for statement in self._statements:
                self._connection.execute(statement)

    def close(self) -> None:
        self._connection.close()

    def _schema(self, database: str) -> int:
        return int(self._connection.execute(f"PRAGMA {database}.schema_version").fetchone()[0])

    def _tables(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT name FROM template.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        return [name for (name,) in rows]

    def _reset(self, table: str) -> list[str]:
        """Statements that empty a table and, if the template has rows, copy them; names come from the schema."""
        name = _quoted(table)
        columns = ", ".join(_quoted(row[1]) for row in self._connection.execute(f"PRAGMA template.table_info({name})"))
        filled = self._connection.execute(f"SELECT EXISTS (SELECT 1 FROM template.{name})").fetchone()[0]  # noqa: S608
        copy = f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM template.{name}"  # noqa: S608
        return [f"DELETE FROM main.{name}", *([copy] if filled else [])]  # noqa: S608

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _with_journal(template: bytes, journal: Journal) -> bytes:
    content = bytearray(template)
    content[_FILE_FORMAT_VERSIONS] = b"\x02\x02" if journal is Journal.WAL else b"\x01\x01"
    return bytes(content)


def fast_directory() -> Path:
    """The memory file system where there is one, else the folder for temporary files."""
    shared_memory = Path("/dev/shm")  # noqa: S108  a memory file system, and every name carries our process id
    return shared_memory if os.access(shared_memory, os.W_OK) else Path(tempfile.gettempdir())


def _claim_name(folder: Path) -> Path:
    number = 0
    while True:
        path = folder / f"{_PREFIX}-{os.getpid()}-{number}.db"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
        else:
            return path


def _owner_is_gone(name: str) -> bool:
    match = _NAME.fullmatch(name)
    if match is None:
        return False
    try:
        os.kill(int(match[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _unlink(path: Path) -> None:
    for companion in _COMPANIONS:
        path.with_name(path.name + companion).unlink(missing_ok=True)
