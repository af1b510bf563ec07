"""`slotproof serve`: says where it is, refuses what it cannot use, stops when told."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.scenarios.command_line import CommandLine
from tests.scenarios.served import serving

WORLD = {
    "clock": "2025-10-06T08:00:00.000Z",
    "users": [{"key": "HOST", "name": "Host One", "email": "host.one@example.com"}],
    "event_types": [{"key": "VISIT", "owner": "HOST", "slug": "visit", "title": "Visit", "lengthInMinutes": 30}],
}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def world_file(tmp_path: Path) -> Path:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(WORLD))
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "terminate"])
def test_it_stops_cleanly_when_told(number: int) -> None:
    with serving() as served:
        served.get("/__fake__/clock")

        status, said = served.stop(number)

    assert status == 0
    assert said == ""


def test_a_world_is_there_from_the_first_answer(world_file: Path) -> None:
    with serving("--world", str(world_file)) as served:
        event_types = served.get("/__fake__/snapshot")
        clock = served.get("/__fake__/clock")

    assert "Visit" in json.dumps(event_types)
    assert clock == {"data": {"now": "2025-10-06T08:00:00.000Z", "mode": "frozen"}}


def test_its_options_are_what_it_becomes() -> None:
    with serving("--clock", "ticking", "--generation", "window:60") as served:
        clock = served.get("/__fake__/clock")
        generation = served.get("/__fake__/generation")

    assert clock["data"]["mode"] == "ticking"
    assert generation == {"data": {"generation": "window:60"}}


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    with serving() as served:
        host = urlsplit(served.url).hostname

    assert host == "127.0.0.1"


def test_listening_to_everybody_is_said_aloud() -> None:
    with serving("--host", "0.0.0.0") as served:  # noqa: S104 - the point of the test
        _, said = served.stop(signal.SIGTERM)

    assert said == "warning: everybody who reaches 0.0.0.0 can control this fake\n"


def test_a_taken_port_is_named(slotproof: CommandLine, taken_port: int) -> None:
    ended = slotproof("serve", "--port", str(taken_port))

    assert ended.status == 2
    assert ended.err == f"slotproof: --port {taken_port} is taken on 127.0.0.1; --port 0 takes a free one\n"


WRONG_WORDS = [
    (["--port", "65536"], "--port 65536: expected 0 to 65535"),
    (["--clock", "sundial"], "--clock sundial: expected frozen or ticking"),
    (["--generation", "2019"], "--generation: unknown generation '2019': expected one of 2024-02"),
    (["--host", "nowhere.invalid", "--port", "0"], "--host nowhere.invalid: cannot listen there"),
    (["--world", "/nowhere/world.json"], "--world /nowhere/world.json: No such file or directory"),
]


@pytest.mark.parametrize(("words", "line"), WRONG_WORDS, ids=lambda value: value[0] if isinstance(value, list) else "")
def test_wrong_words_end_in_one_line(slotproof: CommandLine, words: list[str], line: str) -> None:
    ended = slotproof("serve", *words)

    assert ended.status == 2
    assert line in ended.err
    assert ended.err.count("\n") == 1
    assert ended.out == ""


WRONG_WORLDS = [
    ("{", "is not JSON"),
    ("[" * 100_000, "is not JSON: nested too deeply"),
    ('{"clock": NaN}', "is not JSON: NaN"),
    ('{"users": [{"key": "A", "name": "A", "email": "a@example.com", "age": 3}]}', "users[0].age"),
    (
        '{"event_types": [{"key": "A", "owner": "B", "slug": "a", "title": "A", "lengthInMinutes": 5}]}',
        "event_types[0]",
    ),
]


@pytest.mark.parametrize(("text", "line"), WRONG_WORLDS, ids=lambda value: value[:30])
def test_a_wrong_world_is_refused_with_its_place(slotproof: CommandLine, tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "world.json"
    path.write_text(text)

    ended = slotproof("serve", "--world", str(path))

    assert ended.status == 2
    assert line in ended.err
    assert ended.err.count("\n") == 1
