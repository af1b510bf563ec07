"""Reads the project's documents: the commands, searches and queries they name, and whether the tool would take them."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import typer
from typer.core import TyperGroup

from scenarios.cli.main import make_app

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
ASSIGNMENTS = r"(?:[A-Z_]+=\S+ +)*"
COMMAND = re.compile(rf"(?:^|[;|&] ) *{ASSIGNMENTS}(?:\.venv/bin/)?slotproof ((?:(?! [#;|&]).)+)", re.MULTILINE)


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def fences(text: str, language: str) -> list[str]:
    """The code blocks of a language ("" for those that name none)."""
    return [block for tongue, block in FENCE.findall(text) if tongue == language]


def commands(text: str) -> list[str]:
    """What follows `slotproof` wherever a document shows it to be typed: in shell blocks and between backticks."""
    shell = [block for language in ("", "sh", "bash") for block in fences(text, language)]
    inline = [code for code in INLINE.findall(FENCE.sub("", text)) if code.startswith("slotproof ")]
    return [words.strip() for code in (*shell, *inline) for words in COMMAND.findall(code.replace("\\\n", " "))]


def complaint(words: str) -> str:
    """Why the command line would not understand these words; "" when it does. `…` stands for anything."""
    command = typer.main.get_command(make_app())
    given = [word for word in shlex.split(words, comments=True) if word != "…"]
    name = "slotproof"
    while isinstance(command, TyperGroup) and given and not given[0].startswith("-"):
        name, given = f"{name} {given[0]}", given[1:]
        found = command.get_command(command.make_context("slotproof", ["x"]), name.split()[-1])
        if found is None:
            return f"{name}: no such command"
        command = found
    if "…" in words.split() or not given:  # a command's bare name is a mention of it
        return ""
    try:
        command.make_context(name, given)
    except typer.Exit:  # --help
        return ""
    except typer.BadParameter as wrong:
        return f"{name}: {wrong.format_message()}"
    except Exception as wrong:  # noqa: BLE001 - the parser's own errors live in a private module of typer
        return f"{name}: {wrong}"
    return ""
