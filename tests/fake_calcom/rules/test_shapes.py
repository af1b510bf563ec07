"""A shape answers in two ways, whether anything is wrong and what; they never disagree."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.dto.bookings import CANCEL, CREATE_BOOKING, MARK_ABSENT, RESCHEDULE
from fake_calcom.dto.shape import Shape

SHAPES = (CREATE_BOOKING, RESCHEDULE, CANCEL, MARK_ABSENT)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 2), st.sampled_from(("", "x", "UTC", "2030-01-08T13:00:00Z", "en"))
)
ATTENDEES = st.dictionaries(st.sampled_from(("name", "email", "timeZone", "absent", "other")), VALUES)
NESTED = st.one_of(VALUES, ATTENDEES, st.lists(st.one_of(VALUES, ATTENDEES), max_size=2))


@st.composite
def shapes_and_bodies(draw: st.DrawFn) -> tuple[Shape, dict[str, Any]]:
    shape = draw(st.sampled_from(SHAPES))
    names = st.sampled_from((*shape.by_name, "nobody knows me"))
    return shape, draw(st.dictionaries(names, NESTED, max_size=4))


@given(shapes_and_bodies())
def test_a_body_fits_exactly_when_nothing_is_wrong_with_it(drawn: tuple[Shape, dict[str, Any]]) -> None:
    shape, body = drawn

    fits = shape.fits(body)

    assert fits == (not tuple(shape._walk(body)))


def test_a_good_create_fits_and_one_unknown_property_is_named() -> None:
    attendee = {"name": "Ada", "email": "ada@example.com", "timeZone": "UTC"}
    good = {"start": "2030-01-08T13:00:00Z", "eventTypeId": 7, "attendee": attendee}

    problems = CREATE_BOOKING.problems({**good, "shoes": 2})

    assert CREATE_BOOKING.fits(good)
    assert [problem.property for problem in problems] == ["shoes"]
