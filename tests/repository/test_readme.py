"""What the README shows is what the program prints: every transcript in it is run again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRANSCRIPT = re.compile(r"<!-- transcript: slotproof (.+?) -->\n```text\n(.*?)```\n<!-- /transcript -->", re.DOTALL)
SHOWN = TRANSCRIPT.findall((ROOT / "README.md").read_text(encoding="utf-8"))
WIDTH = 118


def run(words: str) -> str:
    """What the command prints on a terminal of the README's width; wall-clock seconds are left out."""
    environment = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "scenarios", *words.split()]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return without_wall_time(ended.stdout)


def without_wall_time(printed: str) -> str:
    """A transcript without what differs from machine to machine (a digest covers the interpreter's version, too)."""
    text = re.sub(r" in \d+\.\d\d s$", " in … s", printed.strip(), flags=re.MULTILINE)
    text = re.sub(r"^digest \w+", "digest …", text, flags=re.MULTILINE)
    return "\n".join(line.rstrip() for line in text.splitlines())


def test_the_readme_shows_transcripts() -> None:
    assert SHOWN


@pytest.mark.parametrize(("words", "shown"), SHOWN, ids=[words for words, _ in SHOWN])
def test_a_transcript_is_what_the_program_prints(words: str, shown: str) -> None:
    assert run(words) == without_wall_time(shown)


@pytest.mark.parametrize("target", ["replay", "test", "bench"])
def test_the_make_targets_that_are_named_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
