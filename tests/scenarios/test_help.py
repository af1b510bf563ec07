"""`--help` teaches: every command says what it does, shows examples that work, and what its exit status means."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from scenarios.cli.exit_codes import ExitCode
from scenarios.cli.main import make_app
from tests.repository.prose import complaint
from tests.scenarios.command_line import CommandLine

SUMMARY_MAX = 160
HEAVY = ("aiohttp", "sqlalchemy", "alembic", "hypothesis", "faker", "freezegun", "structlog", "prometheus_client")
EXAMPLE = re.compile(r"^ *slotproof (.+?)(?: +[(#].*)?$", re.MULTILINE)  # what follows a bracket explains


def walk(command: TyperGroup, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Every command that does something, with the words that lead to it."""
    context = command.make_context("slotproof", ["--"], resilient_parsing=True)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if isinstance(found, TyperGroup):
            yield from walk(found, (*words, name))
        elif isinstance(found, TyperCommand):
            yield (*words, name), found


def every_command() -> list[tuple[tuple[str, ...], TyperCommand]]:
    root = typer.main.get_command(make_app())
    assert isinstance(root, TyperGroup)
    return list(walk(root))


COMMANDS = every_command()
by_name = pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])


def python(code: str, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@by_name
def test_a_command_says_in_a_sentence_what_it_does(words: tuple[str, ...], command: TyperCommand) -> None:
    summary = " ".join((command.help or "").split("\n\n")[0].split())

    assert summary.endswith(".")
    assert len(summary) <= SUMMARY_MAX


@by_name
def test_a_command_shows_examples_of_itself_that_are_understood(words: tuple[str, ...], command: TyperCommand) -> None:
    examples = EXAMPLE.findall(command.epilog or "")

    assert [one for one in examples if one.startswith(" ".join(words))]
    assert [told for told in map(complaint, examples) if told] == []


@by_name
def test_a_commands_options_and_arguments_have_their_sentence(words: tuple[str, ...], command: TyperCommand) -> None:
    silent = [one.name for one in command.params if not getattr(one, "help", None)]

    assert silent == []


@by_name
def test_the_help_of_a_command_is_plain_text_that_ends_with_the_exit_statuses(
    slotproof: CommandLine, words: tuple[str, ...], command: TyperCommand
) -> None:
    ended = slotproof(*words, "--help")

    assert (ended.status, ended.err) == (0, "")
    assert "\x1b[3" not in ended.out
    told = " ".join(ended.out.split("Exit status: ")[1].split())
    assert [int(number) for number in re.findall(r"\b\d+\b", told)] == list(ExitCode)


def test_the_tools_help_names_every_command_and_the_exit_statuses(slotproof: CommandLine) -> None:
    ended = slotproof("--help")

    assert [words[0] for words, _ in COMMANDS if f" {words[0]} " not in ended.out] == []
    assert "Exit status: " in ended.out


def test_the_version_needs_no_command(slotproof: CommandLine) -> None:
    ended = slotproof("--version")

    assert ended.status == 0
    assert re.fullmatch(r"slotproof \d+\.\d+\.\d+\n", ended.out)


def test_help_imports_nothing_that_only_work_needs() -> None:
    code = f"""
import sys
from scenarios.cli.main import run
for words in {[list(words) for words, _ in COMMANDS]!r}:
    sys.argv = ["slotproof", *words, "--help"]
    try:
        run()
    except SystemExit as end:
        assert not end.code
sys.stdout = sys.__stdout__
print("imported:", *sorted({HEAVY!r} & sys.modules.keys()))
""".replace(repr(HEAVY), repr(set(HEAVY)))

    assert python(code).splitlines()[-1].split() == ["imported:"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_completes(shell: str) -> None:
    code = "import sys; sys.argv = ['slotproof']; from scenarios.cli.main import run; run()"

    assert "_SLOTPROOF_COMPLETE" in python(code, _SLOTPROOF_COMPLETE=f"source_{shell}")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("slotproof rep", "replay"),
        ("slotproof db ver", "verify"),
        ("slotproof serve --wo", "--world"),
        ("slotproof replay 687", "687-688"),
        ("slotproof replay slotproof-f", "slotproof-failed.json"),
        ("slotproof explore check-then", "check-then-insert"),
        ("slotproof explore two-callers --identity sh", "shared"),
        ("slotproof sweep --profile hard", "hardened"),
        ("slotproof replay all --entry coll", "collect"),
    ],
)
def test_what_is_begun_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, offered: str) -> None:
    (tmp_path / "slotproof-failed.json").touch()
    monkeypatch.chdir(tmp_path)
    code = "import sys; sys.argv = ['slotproof']; from scenarios.cli.main import run; run()"
    asked = {"_SLOTPROOF_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}

    assert python(code, **asked).split() == [offered]
