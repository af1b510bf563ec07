"""Free time and slots against a model so plain that it can be read: minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.rules.ranges import covers, intersection, subtraction, union
from fake_calcom.rules.slot_grid import natural_step, slot_starts
from fake_calcom.rules.working_hours import working_ranges
from fake_calcom.state.entities import Hours, Override, Schedule
from fake_calcom.times import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, iso, parse_iso, to_datetime, to_ms

MINUTES = 120
POINTS = st.integers(0, MINUTES)
RANGES = st.lists(st.tuples(POINTS, POINTS).map(lambda pair: (min(pair), max(pair))), max_size=6)


def minutes_of(ranges: Any) -> set[int]:
    return {minute for start, end in ranges for minute in range(start, end)}


@given(RANGES, RANGES)
def test_ranges_behave_as_sets_of_minutes(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    first, second = union(left), union(right)

    assert minutes_of(first) == minutes_of(left)
    assert minutes_of(intersection(first, second)) == minutes_of(left) & minutes_of(right)
    assert minutes_of(subtraction(first, second)) == minutes_of(left) - minutes_of(right)
    assert all(a[1] < b[0] for a, b in pairwise(first))


@given(RANGES, POINTS, POINTS)
def test_a_span_is_covered_when_each_of_its_minutes_is(ranges: list[tuple[int, int]], a: int, b: int) -> None:
    start, end = min(a, b), max(a, b) + 1

    assert covers(union(ranges), start, end) == (set(range(start, end)) <= minutes_of(ranges))


@given(
    RANGES,
    st.integers(0, MINUTES),
    st.integers(1, 60),
    st.sampled_from([5, 10, 15, 20, 25, 30, 45, 60]),
)
def test_every_slot_fits_into_free_time_and_starts_on_its_grid(
    ranges: list[tuple[int, int]], earliest: int, length: int, step: int
) -> None:
    free = tuple((a * MS_PER_MINUTE, b * MS_PER_MINUTE) for a, b in union(ranges))

    starts = list(
        slot_starts(
            free,
            earliest_ms=earliest * MS_PER_MINUTE,
            length_minutes=length,
            step_minutes=step,
            time_zone="UTC",
        )
    )

    for start in starts:
        assert start >= earliest * MS_PER_MINUTE
        assert covers(free, start, start + length * MS_PER_MINUTE)
    firsts = [min((s for s in starts if a <= s < b), default=None) for a, b in free]
    assert all(f is None or f // MS_PER_MINUTE % natural_step(step) == 0 for f in firsts)


@pytest.mark.parametrize(("step", "grid"), [(60, 60), (45, 15), (90, 30), (40, 20), (25, 5), (7, 1)])
def test_the_grid_is_the_largest_natural_one_that_divides_the_step(step: int, grid: int) -> None:
    assert natural_step(step) == grid


def schedule(zone: str, **more: Any) -> Schedule:
    hours = (Hours(tuple(range(7)), 9 * 60, 17 * 60),)
    return Schedule(1, 1, "Working hours", zone, is_default=True, availability=hours, **more)


@given(
    st.sampled_from(["UTC", "Europe/Rome", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_working_hours_are_the_wall_clocks_on_every_day(zone: str, moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    at_ms = to_ms(aware)

    is_open = covers(working_ranges(schedule(zone), at_ms, at_ms + 1), at_ms, at_ms + 1)

    assert is_open == (9 <= aware.astimezone(ZoneInfo(zone)).hour < 17)


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-10-27", 24)])
def test_an_all_day_schedule_is_as_long_as_the_day(day: str, hours: int) -> None:
    all_day = Schedule(1, 1, "", "Europe/Rome", is_default=True, availability=(Hours(tuple(range(7)), 0, 24 * 60 - 1),))
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Rome"))
    first, last = to_ms(midnight), to_ms((midnight + timedelta(days=1)).replace(tzinfo=ZoneInfo("Europe/Rome")))

    ranges = intersection(working_ranges(all_day, first, last), ((first, last),))

    assert sum(b - a for a, b in ranges) == hours * MS_PER_HOUR


def test_an_override_replaces_its_day_and_an_empty_one_closes_it() -> None:
    overrides = (Override("2025-10-07", 10 * 60, 11 * 60), Override("2025-10-08", 0, 0))
    start = to_ms(datetime(2025, 10, 7, tzinfo=UTC))

    ranges = working_ranges(schedule("UTC", overrides=overrides), start, start + 2 * MS_PER_DAY - 1)

    assert [iso(a)[:16] for a, _ in ranges if a >= start] == ["2025-10-07T10:00"]


@given(st.integers(-(10**12), 10**14))
def test_an_instant_survives_its_text(ms: int) -> None:
    assert parse_iso(iso(ms)) == ms
    assert to_ms(to_datetime(ms)) == ms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030-01-08T13:00:00Z", "2030-01-08T13:00:00.000Z"),
        ("2030-01-08T13:00:00+00:00", "2030-01-08T13:00:00.000Z"),
        ("2030-01-08T13:00:00.123456+02:00", "2030-01-08T11:00:00.123Z"),
        ("2030-01-08T13:00", "2030-01-08T13:00:00.000Z"),
        ("2030-01-08", "2030-01-08T00:00:00.000Z"),
        ("2030-13-08", None),
        ("2030-01-08T25:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("tomorrow", None),
        ("", None),
        (17, None),
    ],
)
def test_which_texts_name_an_instant(text: Any, expected: str | None) -> None:
    found = parse_iso(text)

    assert (None if found is None else iso(found)) == expected
