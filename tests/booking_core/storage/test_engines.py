from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from booking_core.storage.engines import (
    DatabaseUnreachableError,
    DatabaseUrlError,
    check_reachable,
    create_engine,
    parse_url,
)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql://u@h/d", "postgresql+asyncpg"),
        ("mysql://u@h/d", "mysql+asyncmy"),
        ("mariadb://u@h/d", "mysql+asyncmy"),
        ("mariadb+asyncmy://u@h/d", "mysql+asyncmy"),
    ],
)
def test_a_url_gets_the_driver_that_this_program_uses(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "nonsense", "oracle://u:secret@h/d", "postgresql+psycopg2://h/d", "http://h:x/"])
def test_a_url_of_another_kind_is_refused_with_what_was_expected(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="expected sqlite:///FILE, postgresql://") as refusal:
        create_engine(url)

    assert "secret" not in str(refusal.value)


def test_the_chatter_of_a_driver_reaches_no_terminal_however_many_engines_there_are() -> None:
    for _ in range(2):
        create_engine("mysql://u@127.0.0.1/d")

    assert [type(handler) for handler in logging.getLogger("asyncmy").handlers] == [logging.NullHandler]


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUrlError, match=r"the folder \S+nowhere does not exist"):
        create_engine(f"sqlite:///{tmp_path / 'nowhere' / 'a.db'}")


async def test_a_file_that_is_no_database_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    engine = create_engine(f"sqlite:///{path}")

    with pytest.raises(DatabaseUnreachableError, match=r"letter\.txt: .*file is not a database$"):
        await check_reachable(engine)

    await engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
async def test_a_server_that_does_not_answer_is_named_without_the_password(scheme: str) -> None:
    engine = create_engine(f"{scheme}://u:secret@127.0.0.1:1/d")

    with pytest.raises(DatabaseUnreachableError, match=r"u:\*\*\*@127\.0\.0\.1:1/d") as refusal:
        await check_reachable(engine)

    assert "secret" not in str(refusal.value)
    await engine.dispose()


async def test_a_memory_database_is_the_same_for_every_transaction() -> None:
    engine = create_engine("sqlite://")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a INT)"))

    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
        assert await connection.scalar(text("SELECT count(*) FROM t")) == 1

    await engine.dispose()
