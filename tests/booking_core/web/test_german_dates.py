"""Days as callers name them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.web.german_dates import parse_day
from booking_core.web.wording import WordingError

MONDAY = date(2025, 10, 6)
FRIDAY = date(2025, 10, 10)


@pytest.mark.parametrize(
    "said",
    [
        "2025-10-10",
        "10.10.2025",
        "10.10.25",
        "10.10.",
        "10.10",
        "10. 10. 2025",
        "10. Oktober",
        "10. oktober 2025",
        "10 October 2025",
        "Freitag",
        "am Freitag",
        "nächsten Freitag",
        "kommenden Freitag",
        "Fr., 10.10.2025",
        "Freitag, den 10. Oktober",
        "friday",
        " 2025-10-10 ",
    ],
)
def test_many_words_for_one_friday(said: str) -> None:
    assert parse_day(said, MONDAY) == FRIDAY


@pytest.mark.parametrize(
    ("said", "days"),
    [("heute", 0), ("Morgen", 1), ("übermorgen", 2), ("uebermorgen", 2), ("tomorrow", 1), ("day after tomorrow", 2)],
)
def test_relative_days(said: str, days: int) -> None:
    assert parse_day(said, MONDAY) == MONDAY + timedelta(days=days)


def test_a_weekday_is_the_next_one_after_today() -> None:
    assert parse_day("Montag", MONDAY) == MONDAY + timedelta(days=7)


def test_a_day_without_a_year_is_the_next_such_day() -> None:
    assert parse_day("5.10.", MONDAY) == date(2026, 10, 5)
    assert parse_day("6.10.", MONDAY) == MONDAY
    assert parse_day("29.2.", date(2027, 3, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "bald",
        "31.02.2026",
        "31.2.",
        "32.1.2026",
        "2025-13-01",
        "0.0.",
        "9999-12-31",
        "0001-01-01",
        "1999-12-31",
        "Montag, 10.10.2025",
        "10.10.2025; DROP TABLE calls",
        "²0.10.",
        "10/10/2025",
        "Oktober",
        "10. Foo",
    ],
)
def test_what_is_no_day_is_told_with_what_was_expected(said: str) -> None:
    with pytest.raises(WordingError) as caught:
        parse_day(said, MONDAY)

    assert caught.value.expected


@given(st.dates(MONDAY, MONDAY + timedelta(days=700)))
def test_every_calendar_day_is_understood_in_both_spellings(day: date) -> None:
    assert parse_day(day.isoformat(), MONDAY) == day
    assert parse_day(f"{day.day}.{day.month}.{day.year}", MONDAY) == day


@given(st.text(max_size=40))
def test_no_text_does_worse_than_a_wording_error(said: str) -> None:
    try:
        day = parse_day(said, MONDAY)
    except WordingError:
        return

    assert 2000 <= day.year <= 2027
