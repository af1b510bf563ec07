"""A log file that is wrong is refused with what, where and what was expected."""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.cli.synthesize_command import kept
from scenarios.errors import UsageError
from scenarios.synthesis.log_file import LISTS, logged_from, read_logged
from tests.scenarios.command_line import CommandLine

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def content() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(kept("A").read_bytes())
    return values


def test_both_kept_files_are_read() -> None:
    assert len(read_logged(kept("A")).calls) == 2
    assert len(read_logged(kept("B")).appointments) == 2


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("calls",), {}, "calls: expected a list"),
        (("calls", 0, "id"), "687", "calls[0].id: expected a whole number from 0"),
        (("calls", 0, "id"), True, "calls[0].id: expected a whole number from 0"),
        (("calls", 1, "id"), 687, "calls: two of them have the same id"),
        (("calls", 0, "nickname"), "Hansi", "calls[0].nickname: not known"),
        (("wishes",), [], "wishes: expected at least one"),
        (("wishes", 0, "call"), 1, "wishes[0].call: there is no call 1"),
        (("wishes", 0, "at"), "2025-10-06T11:04:54", "wishes[0].at: expected an ISO 8601 instant with its offset"),
        (("wishes", 0, "at"), "yesterday", "wishes[0].at: expected an ISO 8601 instant with its offset"),
        (("appointments", 1, "starts_at"), None, "appointments[1].starts_at: expected an ISO 8601 instant"),
        (("bookings", 0), [], "bookings[0]: expected an object"),
        (("calls", 0, "nick\nname"), "Hansi", 'calls[0]."nick\\nname": not known; expected id, retell_call_id'),
        (("calls", 0, "name"), "\ud800", 'calls[0].name: expected a text of printable characters, found "\\ud800"'),
        (("calls", 0, "name"), "", 'calls[0].name: expected a text of printable characters, found ""'),
        (("log_lines",), [], "log_lines: not known; expected incident, calls, wishes, appointments, bookings, taken"),
        (("incident",), 5, "incident: expected a text of printable characters, found 5"),
        (("wishes", 0, "told"), "taken", "wishes[0].told: expected one of booked, existing, recovered, unavailable"),
        (("wishes", 0, "told"), "taken", 'found "taken"'),
        (("wishes", 1, "at"), None, "wishes[1].at: expected an ISO 8601 instant with its offset"),
        (("wishes", 1, "at"), None, "as call 687 has no later wish, found null"),
        (
            ("wishes", 0, "at"),
            "2025-10-06T11:04:55+02:00",
            "wishes[1].at: expected no earlier than the wish of call 687",
        ),
        (("taken",), None, "taken: expected a list, found null"),
        (("taken", 0, "start"), "10:15", "taken[0].start: expected an ISO 8601 instant with its offset"),
        (("answers", 0, "age_s"), "2040.998", 'answers[0].age_s: expected a number of seconds, found "2040.998"'),
        (("answers", 0, "age_s"), float("nan"), "answers[0].age_s: expected a number of seconds, found NaN"),
        (("answers", 0, "age_s"), 10**400, "answers[0].age_s: expected a number of seconds, found 1000"),
        (("answers", 0, "booking"), "other", 'answers[0].booking: there is no booking "other"'),
        (("answers", 0, "call"), 1, "answers[0].call: there is no call 1"),
        (("layers",), [{"call": 1, "layer": 1, "verdict": None}], "layers[0].call: there is no call 1"),
        (
            ("layers",),
            [{"call": 688, "layer": 5, "verdict": None}],
            "layers[0].layer: expected one of 1, 2, 3, 4, found 5",
        ),
        (("layers",), [{"call": 688, "layer": True, "verdict": None}], "layers[0].layer: expected one of 1, 2, 3, 4"),
        (("layers",), [{"call": 688, "layer": 1, "verdict": "old"}], "layers[0].verdict: expected one of fresh, stale"),
        (("layers",), [{"call": 688, "layer": 1, "verdict": "old"}], 'inserted or null, found "old"'),
        (("layers",), [{"call": 688, "layer": 1}], "layers[0].verdict: missing; expected one of fresh, stale"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(place: tuple[Any, ...], value: Any, told: str) -> None:
    values = content()
    inner: Any = values
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value

    with pytest.raises(UsageError) as refused:
        logged_from(values)

    assert told in str(refused.value)


def test_a_member_that_is_missing_is_named() -> None:
    values = content()
    del values["bookings"][0]["createdAt"]

    with pytest.raises(UsageError, match=r"bookings\[0\]\.createdAt: missing; expected an ISO 8601 instant"):
        logged_from(values)


def test_a_list_that_is_missing_is_named_unless_it_is_optional() -> None:
    values = content()
    for optional in ("incident", "taken", "answers"):
        del values[optional]
    assert logged_from(values).taken == ()
    del values["bookings"]

    with pytest.raises(UsageError, match="bookings: missing; expected a list"):
        logged_from(values)


def test_a_long_wrong_value_is_cut_in_the_message() -> None:
    values = content()
    values["wishes"][0]["at"] = "9" * 5000

    with pytest.raises(UsageError) as refused:
        logged_from(values)

    assert str(refused.value).endswith('found "' + "9" * 40 + '"…')


def test_the_kept_file_of_b_shows_every_member() -> None:
    values = json.loads(kept("B").read_bytes())

    assert set(values) == {"incident", *LISTS}
    for name, kind in LISTS.items():
        assert set().union(*values[name]) == {field.name for field in fields(kind)}, name


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    with contextlib.suppress(UsageError):
        logged_from(value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "expected an object"),
    ],
    ids=["cut", "bytes", "deep", "list"],
)
def test_a_file_that_is_no_log_ends_the_command_with_2(
    slotproof: CommandLine, tmp_path: Path, text: bytes, told: str
) -> None:
    file = tmp_path / "log.json"
    file.write_bytes(text)

    ended = slotproof("synthesize", str(file))

    assert ended.status == 2
    assert told in ended.err


def test_a_file_that_is_not_there_is_named(slotproof: CommandLine, tmp_path: Path) -> None:
    ended = slotproof("synthesize", str(tmp_path / "none.json"))

    assert ended.status == 2
    assert "none.json" in ended.err


def test_a_file_that_is_too_large_is_not_read(slotproof: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (1024 * 1024 + 1))

    ended = slotproof("synthesize", str(file))

    assert ended.status == 2
    assert "larger than 1048576 bytes" in ended.err


def test_the_command_tells_it_and_ends_well(slotproof: CommandLine, tmp_path: Path) -> None:
    result = tmp_path / "found.json"

    ended = slotproof("synthesize", "A", "--json", str(result))

    assert ended.status == 0
    assert ended.out.rstrip().endswith("again: slotproof synthesize A")
    assert json.loads(result.read_text())["smallest"]["skew_s"] == 27.0
