"""The guides' examples are run: the incident in one file, the URLs, the statuses, the failure that is made and read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from booking_core.storage.engines import parse_url
from scenarios.cli.exit_codes import ExitCode
from scenarios.replay import replay
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre
from tests.repository.prose import ROOT, commands
from tests.scenarios.command_line import CommandLine

GUIDES = (ROOT / "scenarios/GUIDES.md").read_text(encoding="utf-8")
[INCIDENT] = re.findall(r"<!-- incident -->\n```python\n(.*?)```\n<!-- /incident -->", GUIDES, re.DOTALL)


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.fixture
def slotproof(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(monkeypatch, capsys)


def loaded(source: str) -> Scenario:
    """The scenario of an incident's file, as `registry.py` would load it."""
    module = ModuleType("calls_again")
    exec(compile(source, "GUIDES.md", "exec"), module.__dict__)  # noqa: S102 - the guide's own words
    scenario: Scenario = module.scenario()
    return scenario


@pytest.mark.parametrize("profile", ["recommended", "unprotected"])
def test_the_guides_incident_ends_as_it_states(theatre: Theatre, profile: str) -> None:
    one = replay(theatre, loaded(INCIDENT), Settings(profile))

    assert one.case is not None
    assert one.objections == []


def test_the_guides_incident_keeps_its_promises_where_it_states_no_case(theatre: Theatre) -> None:
    one = replay(theatre, loaded(INCIDENT), Settings("hardened"))

    assert one.case is None
    assert one.objections == []


def test_the_guides_incident_is_as_tidy_as_the_projects_own() -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--stdin-filename",
            "scenarios/incidents/new.py",
            "-",
        ],
        cwd=ROOT,
        input=INCIDENT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
    assert ast.get_docstring(ast.parse(INCIDENT))


def test_a_wrong_statement_in_the_incident_would_be_noticed(theatre: Theatre) -> None:
    wrong = INCIDENT.replace('2: "existing"', '2: "booked"')

    one = replay(theatre, loaded(wrong), Settings("recommended"))

    assert one.objections != []


def test_the_failure_that_the_guide_makes_is_found_kept_and_replayed(
    slotproof: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [explore] = [words for words in commands(GUIDES) if words.startswith("explore two-callers --identity shared")]

    explored = slotproof(*explore.split())
    [bundle] = tmp_path.glob("slotproof-two-callers-*.json")
    replayed = slotproof("replay", bundle.name)

    assert "the smallest run: " in explored.out
    assert explored.out.rstrip().splitlines()[-1].startswith("see it again: slotproof replay ")
    assert (explored.status, replayed.status) == (10, 10)
    assert "10 of 10 replays are equal" in replayed.out


def test_the_table_of_exit_statuses_is_the_tools() -> None:
    told = [int(number) for number in re.findall(r"^\| (\d+) \|", GUIDES, re.MULTILINE)]

    assert told == list(ExitCode)


@pytest.mark.parametrize("url", sorted(set(re.findall(r"(?:postgresql|mysql)://[\w:@./]+", GUIDES))))
def test_a_database_url_of_the_guide_is_understood(url: str) -> None:
    assert parse_url(url).drivername in {"postgresql+asyncpg", "mysql+asyncmy"}
