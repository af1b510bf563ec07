"""A server's password is nobody's to read: no command, document or page that is told to people holds it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from scenarios.backstage import Performance
from scenarios.cli.load_command import again
from scenarios.databases import without_password
from scenarios.load.settings import LoadSettings
from scenarios.matrix.cells import Question
from scenarios.matrix.document import document as matrix_document
from scenarios.matrix.measure import Effort, fill
from scenarios.matrix.runner import Matrix
from scenarios.registry import find
from scenarios.replay import replay
from scenarios.report.html.documents import of_replays
from scenarios.report.json_report import document as replay_document
from scenarios.report.terminal import show_replay
from scenarios.scenario import MEMORY, Scenario, Settings
from scenarios.theatre import Theatre

URL = "postgresql+asyncpg://user:s3cret@host/db"
SHOWN = "postgresql+asyncpg://user:***@host/db"


class ServerlessTheatre(Theatre):
    """Whatever is to be played on a server is played in memory."""

    def perform(self, scenario: Scenario, settings: Settings) -> Performance:
        return super().perform(scenario, replace(settings, database=MEMORY))


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with ServerlessTheatre() as opened:
        yield opened


def test_a_replay_tells_its_command_without_the_password(theatre: Theatre) -> None:
    played = replay(theatre, find("687-688"), Settings("hardened", database=URL))
    told = io.StringIO()

    show_replay(Console(file=told, width=200), played)

    assert f"again: slotproof replay 687-688 --profile hardened --entry collect --database '{SHOWN}'" in told.getvalue()
    assert "s3cret" not in json.dumps([replay_document([played]), of_replays([played])]) + told.getvalue()


def test_the_matrix_tells_its_commands_without_the_password(theatre: Theatre) -> None:
    cell = fill(theatre, Question("687-688", (), "shared", "postgres", URL), Effort())
    matrix = Matrix((cell,), {})

    told = json.dumps(matrix_document(matrix))

    assert f"--database '{SHOWN}'" in told
    assert "s3cret" not in told


def test_a_load_run_tells_its_command_without_the_password() -> None:
    assert again(LoadSettings(database=URL)).endswith(f" --database '{SHOWN}'")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, SHOWN),
        ("postgresql+asyncpg://root@127.0.0.1/test", "postgresql+asyncpg://root@127.0.0.1/test"),
        ("postgresql+asyncpg://host/db?password=s3cret&user=me", "postgresql+asyncpg://host/db?password=...&user=me"),
    ],
)
def test_only_the_password_is_left_out(url: str, shown: str) -> None:
    assert without_password(url) == shown
