"""Wrong words end in one clear line and exit status 2; nothing is played and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.command_line import CommandLine

WRONG = [
    (["replay", "687-689"], "no scenario '687-689'"),
    (["replay", "all", "--profile", "paranoid"], "--profile paranoid: expected one of unprotected, deployed"),
    (["replay", "all", "--entry", "letter"], "--entry letter: expected one of collect, after_call"),
    (["replay", "all", "--identity", "twin"], "--identity twin: expected one of shared, per_call, per_customer"),
    (["replay", "all", "--without", "5"], "--without 5: expected a layer, 1 to 4"),
    (["replay", "all", "--skew", "nan"], "--skew nan: expected seconds"),
    (["replay", "all", "--skew", "1e9"], "--skew 1e+09: expected seconds"),
    (["replay", "all", "--database", "postgres"], "--database postgres: expected memory, file:PATH, or a URL"),
    (["replay", "all", "--database", "oracle://x/y"], "expected memory, file:PATH, or a URL"),
    (["replay", "all", "--database", "file:"], "--database file:: expected file:PATH"),
    (["replay", "all", "--database", "file:/nowhere/at/all.db"], "expected file:PATH in a directory that exists"),
    (["replay", "all", "--json", "/nowhere/at/all.json"], "cannot write /nowhere/at/all.json: there is no directory"),
    (["replay", "all", "--json", "/"], "/ is a directory"),
]


@pytest.mark.parametrize(("words", "line"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_words_end_in_a_clear_line(slotproof: CommandLine, words: list[str], line: str) -> None:
    ended = slotproof(*words)

    assert ended.status == 2
    assert line in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("scheme", ["postgresql+asyncpg", "postgresql", "mysql", "mariadb"])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(slotproof: CommandLine, scheme: str) -> None:
    url = f"{scheme}://someone:secret@127.0.0.1:1/nothing"

    ended = slotproof("replay", "687-688", "--database", url)

    assert ended.status == 2
    assert "127.0.0.1" in ended.err
    assert "secret" not in ended.err


def test_a_database_of_a_kind_we_do_not_know_is_named_without_its_password(slotproof: CommandLine) -> None:
    ended = slotproof("replay", "687-688", "--database", "oracle://someone:secret@127.0.0.1/nothing")

    assert ended.status == 2
    assert "oracle" in ended.err
    assert "secret" not in ended.err


def test_a_file_that_is_no_database_is_left_alone(slotproof: CommandLine, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Hansi")

    ended = slotproof("replay", "687-688", "--database", f"file:{letter}")

    assert ended.status == 2
    assert "letter.txt" in ended.err
    assert letter.read_text() == "Dear Hansi"


def test_an_unknown_option_is_wrong_use(slotproof: CommandLine) -> None:
    assert slotproof("replay", "--colour").status == 2
