"""Times as callers name them, and the step to UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.web.german_times import parse_time, start_instant
from booking_core.web.wording import WordingError

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("08:00", "08:00"),
        ("8:00", "08:00"),
        ("08:00:00", "08:00"),
        ("8 Uhr", "08:00"),
        ("8Uhr", "08:00"),
        ("8 Uhr 30", "08:30"),
        ("8:30 Uhr", "08:30"),
        ("8.30 Uhr", "08:30"),
        ("acht Uhr", "08:00"),
        ("acht Uhr dreißig", "08:30"),
        ("um acht", "08:00"),
        ("achtzehn Uhr fünfundvierzig", "18:45"),
        ("halb neun", "08:30"),
        ("halb eins", "12:30"),
        ("Viertel nach acht", "08:15"),
        ("viertel vor neun", "08:45"),
        ("viertel neun", "08:15"),
        ("dreiviertel neun", "08:45"),
        ("fünf vor halb neun", "08:25"),
        ("zehn nach acht", "08:10"),
        ("zwanzig Minuten vor neun", "08:40"),
        ("8 Uhr morgens", "08:00"),
        ("drei Uhr nachmittags", "15:00"),
        ("halb drei nachmittags", "14:30"),
        ("1 Uhr mittags", "13:00"),
        ("12 Uhr mittags", "12:00"),
        ("mittags", "12:00"),
        ("Mitternacht", "00:00"),
        ("8 am", "08:00"),
        ("8pm", "20:00"),
        ("12 am", "00:00"),
        ("12 pm", "12:00"),
        ("8 o'clock", "08:00"),
    ],
)
def test_spoken_times(said: str, clock: str) -> None:
    assert parse_time(said) == time.fromisoformat(clock)


@pytest.mark.parametrize(
    "said", ["", "bald", "25:00", "24:00", "8:60", "99 Uhr", "-1", "8:0", "acht Uhr achtzig", "halb", "8;00", "١٢٣"]
)
def test_what_is_no_time_is_told_with_what_was_expected(said: str) -> None:
    with pytest.raises(WordingError) as caught:
        parse_time(said)

    assert caught.value.expected


@given(st.times())
def test_every_minute_is_understood(at: time) -> None:
    assert parse_time(f"{at.hour}:{at.minute:02} Uhr") == time(at.hour, at.minute)


@given(st.text(max_size=40))
def test_no_text_does_worse_than_a_wording_error(said: str) -> None:
    try:
        at = parse_time(said)
    except WordingError:
        return

    assert at.second == 0


def test_berlin_is_two_hours_ahead_in_summer_and_one_in_winter() -> None:
    summer = start_instant(date(2025, 10, 10), time(8, 0), BERLIN)
    winter = start_instant(date(2025, 12, 10), time(8, 0), BERLIN)

    assert summer == datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
    assert winter == datetime(2025, 12, 10, 7, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_does_not_exist() -> None:
    with pytest.raises(WordingError, match="does not exist"):
        start_instant(date(2026, 3, 29), time(2, 30), BERLIN)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    assert start_instant(date(2025, 10, 26), time(2, 30), BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
