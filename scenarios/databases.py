"""Where a replay's rows go: memory, a file of its own, or a scratch database on a server."""

from __future__ import annotations

from pathlib import Path

from scenarios.errors import DatabaseUnusableError, UsageError
from scenarios.scenario import FILE_PREFIX, MEMORY

SERVERS = ("postgresql+asyncpg", "mysql+asyncmy", "mariadb+asyncmy")
_SQLITE_MAGIC = b"SQLite format 3\x00"
_EXPECTED = "expected memory, file:PATH, or a URL such as postgresql://user:password@host/database"


def keep(content: bytes, path: Path) -> None:
    """Leave a replay's rows at `path` for their reader; the last replay's rows stay."""
    for leftover in (Path(f"{path}-wal"), Path(f"{path}-shm")):
        leftover.unlink(missing_ok=True)  # they would belong to another database
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise DatabaseUnusableError(f"cannot write {path}: {problem.strerror}") from None


def check_database(text: str) -> None:
    """UsageError when the words name no database; whether it can be reached shows when it is opened."""
    if text == MEMORY:
        return
    if text.startswith(FILE_PREFIX):
        path = Path(text.removeprefix(FILE_PREFIX))
        if not text.removeprefix(FILE_PREFIX) or path.is_dir() or not path.absolute().parent.is_dir():
            raise UsageError(f"--database {text}: expected file:PATH in a directory that exists")
        if path.exists() and not _is_ours_to_write(path):
            raise UsageError(f"--database {text}: {path.name} is no SQLite database, it is left alone")
        return
    _check_url(text)


def _is_ours_to_write(path: Path) -> bool:
    """An empty file or a SQLite database; anything else is somebody's own."""
    with path.open("rb") as file:
        start = file.read(len(_SQLITE_MAGIC))
    return start in {b"", _SQLITE_MAGIC}


def _check_url(text: str) -> None:
    from booking_core.storage.engines import DatabaseUrlError, parse_url

    try:
        url = parse_url(text)
    except DatabaseUrlError:
        raise UsageError(f"--database {without_password(text)}: {_EXPECTED}") from None
    if url.drivername not in SERVERS:
        raise UsageError(f"--database {url.render_as_string()}: {_EXPECTED}")


def without_password(text: str) -> str:
    """A server's URL as it may be shown."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return text
    return url.update_query_dict({name: "..." for name in url.query if "pass" in name}).render_as_string()
