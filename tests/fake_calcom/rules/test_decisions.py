"""Small decisions, each told on its own: windows, keys, locations, series, schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_calcom import ApiError
from fake_calcom.generations import KNOWN, Generation, UniqueKey, read_generation
from fake_calcom.rules.booking_fields import refuse_wrong_responses
from fake_calcom.rules.booking_window import is_out_of_bounds
from fake_calcom.rules.core_schema import is_email
from fake_calcom.rules.existing_booking import becomes_pending, looks_up
from fake_calcom.rules.locations import resolve_location
from fake_calcom.rules.recurrence import occurrence_starts
from fake_calcom.rules.unique_key import unique_key
from fake_calcom.state.entities import EventType
from fake_calcom.state.event_types import Ownership, read_event_type
from fake_calcom.times import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, iso, parse_iso

NOW = parse_iso("2025-10-06T08:00:00Z") or 0  # a Monday


def event_type(**spec: Any) -> EventType:
    base = {"slug": "x", "title": "X", "lengthInMinutes": 60}
    return read_event_type(Ownership(1, owner_id=1), base | spec)


def test_the_default_notice_is_two_hours() -> None:
    plain = event_type()

    assert is_out_of_bounds(plain, NOW + 2 * MS_PER_HOUR - 1, NOW)
    assert not is_out_of_bounds(plain, NOW + 2 * MS_PER_HOUR, NOW)


@pytest.mark.parametrize(
    ("window", "last_open"),
    [
        ({"type": "calendarDays", "value": 2}, "2025-10-08"),
        ({"type": "businessDays", "value": 5}, "2025-10-13"),
        ({"type": "range", "value": ["2025-10-08", "2025-10-09"]}, "2025-10-09"),
    ],
)
def test_a_window_closes_at_the_end_of_its_last_day(window: dict[str, Any], last_open: str) -> None:
    windowed = event_type(bookingWindow=window)
    end = (parse_iso(last_open) or 0) + MS_PER_DAY

    assert not is_out_of_bounds(windowed, end - MS_PER_MINUTE, NOW)
    assert is_out_of_bounds(windowed, end, NOW)


def test_a_rolling_window_is_not_enforced_on_booking() -> None:
    rolling = event_type(bookingWindow={"type": "calendarDays", "value": 1, "rolling": True})

    assert not is_out_of_bounds(rolling, NOW + 30 * MS_PER_DAY, NOW)


@pytest.mark.parametrize(("minutes_ahead", "pending"), [(24 * 60, True), (25 * 60 - 1, True), (25 * 60, False)])
def test_with_a_threshold_only_near_starts_wait_counted_in_whole_units(minutes_ahead: int, pending: bool) -> None:
    policy = {"type": "time", "noticeThreshold": {"unit": "hours", "count": 24}}
    asking = event_type(confirmationPolicy=policy)

    assert becomes_pending(asking, NOW + minutes_ahead * MS_PER_MINUTE, NOW, by_owner=False) is pending


@pytest.mark.parametrize("generation", KNOWN, ids=lambda g: g.name)
def test_no_generation_looks_up_a_plain_confirmed_booking(generation: Generation) -> None:
    assert not looks_up(event_type(), generation, pending=False)


@pytest.mark.parametrize("name", ["", "2023", "window:", "window:x", "window:-1"])
def test_an_unknown_generation_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ValueError, match="2025-10-04, or window:<seconds>"):
        read_generation(name)


KEY = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["a", "b"]))


@given(KEY, KEY, st.sampled_from(list(UniqueKey)))
def test_two_accepted_rows_share_a_key_exactly_when_its_parts_agree(left: Any, right: Any, kind: UniqueKey) -> None:
    def key(parts: Any) -> str | None:
        type_id, start, host, email = parts
        return unique_key(
            Generation("g", kind),
            event_type_id=type_id,
            start_ms=start,
            end_ms=start + 1,
            host_id=host,
            emails=[email],
            status="accepted",
        )

    def seen(parts: Any) -> Any:
        type_id, start, host, email = parts
        return {
            UniqueKey.HOST: (start, host),
            UniqueKey.HOST_AND_TYPE: (type_id, start, host),
            UniqueKey.ATTENDEES: (type_id, start, email),
        }[kind]

    assert (key(left) == key(right)) == (seen(left) == seen(right))


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (None, "integrations:daily", "integrations:daily"),
        ("https://a.example/b", "https://a.example/b", "link"),
        ("+39 333 1234567", "+39 333 1234567", "phone"),
        ("at the fountain", "at the fountain", "somewhereElse"),
    ],
)
def test_a_text_is_taken_as_it_is_and_nothing_means_cal_video(wanted: str | None, text: str, value: str) -> None:
    location = resolve_location(event_type(), wanted, None)

    assert (location.text, location.value) == (text, value)


OFFERS = [
    {"type": "address", "address": "Main St 1"},
    {"type": "link", "link": "https://a.example"},
    {"type": "phone", "phone": "+371"},
    {"type": "attendeeAddress"},
    {"type": "attendeePhone"},
    {"type": "attendeeDefined"},
    {"type": "integration", "integration": "cal-video"},
]


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"type": "address"}, "Main St 1"),
        ({"type": "link"}, "https://a.example"),
        ({"type": "phone"}, "+371"),
        ({"type": "attendeeAddress", "address": "Side St 2"}, "Side St 2"),
        ({"type": "attendeePhone", "phone": "+372"}, "+372"),
        ({"type": "attendeeDefined", "location": "the park"}, "the park"),
        ({"type": "integration", "integration": "cal-video"}, "integrations:daily"),
    ],
)
def test_an_object_takes_the_organizers_value_or_the_attendees(wanted: dict[str, str], text: str) -> None:
    assert resolve_location(event_type(locations=OFFERS), wanted, None).text == text


@pytest.mark.parametrize("wanted", [{"type": "moon"}, {"type": "integration", "integration": "zoom"}, {}])
def test_what_the_event_type_does_not_offer_is_refused(wanted: dict[str, str]) -> None:
    with pytest.raises(ApiError, match="not valid for event type with id=1"):
        resolve_location(event_type(locations=OFFERS), wanted, None)


def test_a_monthly_series_keeps_to_the_last_day_of_short_months() -> None:
    series = event_type(recurrence={"frequency": "monthly", "interval": 1, "occurrences": 3})

    starts = occurrence_starts(series, parse_iso("2026-01-31T10:00:00Z") or 0, None)

    assert [iso(start)[:10] for start in starts] == ["2026-01-31", "2026-02-28", "2026-03-31"]


@pytest.mark.parametrize("email", ["a@example.com", "a.b+c@sub.example.co", "919876543210@sms.cal.com", "o'neil@x.io"])
def test_these_are_addresses(email: str) -> None:
    assert is_email(email)


@pytest.mark.parametrize("email", ["", "a", "a@b", "@example.com", ".a@example.com", "a..b@example.com", "a @x.io"])
def test_these_are_not(email: str) -> None:
    assert not is_email(email)


FIELDS = [
    {"type": "text", "slug": "film", "required": True},
    {"type": "number", "slug": "age"},
    {"type": "select", "slug": "drink", "options": ["water", "juice"]},
    {"type": "multiselect", "slug": "fruit", "options": ["apple", "pear"]},
    {"type": "phone", "slug": "smsReminderNumber", "required": True},
]


@pytest.mark.parametrize(
    ("responses", "phone", "message"),
    [
        ({}, "+39", "Missing required booking field response: film"),
        ({"film": 1}, "+39", "Invalid type for booking field 'film'. Expected type string"),
        ({"film": "x", "age": "9"}, "+39", "Expected type number (compatible with field type 'number'), but received"),
        ({"film": "x", "drink": ["water"]}, "+39", "Expected type string or number"),
        (
            {"film": "x", "drink": "beer"},
            "+39",
            "Invalid option 'beer' for booking field 'drink'. Allowed options are:",
        ),
        ({"film": "x", "fruit": ["apple", "fig"]}, "+39", "One or more invalid options for booking field 'fruit'."),
        ({"film": "x"}, None, "Missing attendee phone number"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(responses: dict[str, Any], phone: str | None, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        refuse_wrong_responses(event_type(bookingFields=FIELDS), responses, phone)

    assert message in caught.value.message
