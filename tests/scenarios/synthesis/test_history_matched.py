"""A replay is held against all that was logged: each answer to each wish, when it came, and the log lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer, Status, Verdict
from scenarios.synthesis.hypotheses import Hypothesis, scenario_of, turns
from scenarios.synthesis.logged import Logged, LoggedAnswer, LoggedWord
from scenarios.synthesis.search import Search
from scenarios.theatre import Theatre
from tests.scenarios.synthesis.logs import RECORDED_A, RECORDED_B, incident_a, incident_b, one_ordinary_call


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


def told(theatre: Theatre, logged: Logged, hypothesis: Hypothesis = RECORDED_A) -> tuple[str, ...]:
    return Search(theatre, logged).differences(hypothesis)


def with_wish(logged: Logged, number: int, **changes: object) -> Logged:
    wishes = list(logged.wishes)
    wishes[number] = replace(wishes[number], **changes)  # type: ignore[arg-type]  # whichever members the test changes
    return replace(logged, wishes=tuple(wishes))


@pytest.mark.parametrize("entry", list(Entry))
def test_a_refused_wish_and_the_next_one_of_its_call_are_held_against_their_own_answers(
    theatre: Theatre, entry: Entry
) -> None:
    logged, hypothesis = incident_a(), replace(RECORDED_A, entry=entry)

    assert told(theatre, logged, hypothesis) == ()
    assert told(theatre, with_wish(logged, 0, told=Status.BOOKED), hypothesis) == (
        "call 687 (wanting 2025-10-10 10:15) would have been told unavailable, logged is booked",
    )
    assert told(theatre, with_wish(logged, 1, told=Status.UNAVAILABLE), hypothesis)[0] == (
        "call 687 (wanting 2025-10-10 08:00) would have been told booked, logged is unavailable"
    )


@pytest.mark.parametrize(("entry", "instead"), [(Entry.COLLECT, "booked"), (Entry.AFTER_CALL, "available")])
def test_a_time_that_nobody_is_known_to_hold_is_free(theatre: Theatre, entry: Entry, instead: str) -> None:
    differences = told(theatre, replace(incident_a(), taken=()), replace(RECORDED_A, entry=entry))

    assert f"call 687 (wanting 2025-10-10 10:15) would have been told {instead}, logged is unavailable" in differences


def test_offered_times_are_counted_for_the_wish_that_followed_them(theatre: Theatre) -> None:
    logged = with_wish(incident_b(), 0, offered=31)  # 32 starts, and 10:15 is taken

    assert told(theatre, logged, RECORDED_B) == ()
    assert told(theatre, with_wish(logged, 3, offered=28), RECORDED_B) == (
        "call 766 would have been offered 29 times, logged are 28",
    )


def test_created_at_tells_the_instant_of_the_wish_that_made_the_booking_only() -> None:
    first, second = turns(incident_a(), RECORDED_A)[:2]
    (booking,) = incident_a().bookings

    assert (first.wish.time, second.wish.time) == ("10:15", "08:00")
    assert second.at == booking.createdAt - timedelta(seconds=27)
    assert timedelta(seconds=20) <= second.at - first.at <= timedelta(seconds=60)
    assert (first.is_first, first.is_last, second.is_first, second.is_last) == (True, False, False, True)


def test_a_call_with_two_wishes_rings_once(theatre: Theatre) -> None:
    seen = theatre.perform(scenario_of(incident_a(), RECORDED_A), RECORDED_A.settings()).seen

    rang = [moment.who for moment in seen.moments if moment.what == "calls"]

    assert rang == ["Hansi Sputer (687)", "Hans Schuster (688)"]


def test_an_instant_that_was_not_logged_is_drawn_by_the_seed() -> None:
    drawn = {turns(incident_a(), replace(RECORDED_A, seed=seed))[0].at for seed in range(5)}

    assert len(drawn) > 1


def test_a_call_keeps_the_order_of_its_wishes_whatever_the_clocks_say() -> None:
    logged = incident_a()
    wish = logged.wishes[1]
    assert wish.at is not None
    soon_again = replace(wish, at=wish.at + timedelta(seconds=5), time="09:00", told=Status.BOOKED)
    both = replace(logged, wishes=(wish, soon_again))

    played = turns(both, replace(RECORDED_A, skew_s=0.0))

    assert [turn.wish.time for turn in played] == ["08:00", "09:00"]
    assert played[0].at == played[1].at == logged.bookings[0].createdAt


@pytest.mark.parametrize(("day", "time"), [("10.10.2025", "8 Uhr"), ("Freitag", "acht Uhr")])
def test_a_wish_in_the_callers_own_words_is_recognised(day: str, time: str) -> None:
    logged = with_wish(incident_a(), 1, day=day, time=time)

    assert logged.booking_by(logged.wishes[1]) == logged.bookings[0]
    assert logged.booking_by(logged.wishes[0]) is None


@pytest.mark.parametrize(
    ("day", "time", "made_by"),
    [("2025-10-10", "08:00", 1), ("2025-10-10", "08:15", None), ("bald", "08:00", None)],
)
def test_the_wish_that_made_a_booking_names_its_start_and_was_not_turned_down(
    day: str, time: str, made_by: int | None
) -> None:
    logged = with_wish(incident_a(), 0, day="2025-10-10", time="08:00")  # told unavailable: it made nothing
    logged = with_wish(logged, 1, day=day, time=time)

    makers = [number for number, wish in enumerate(logged.wishes) if logged.booking_by(wish) is not None]

    assert makers == ([] if made_by is None else [made_by])


def test_the_age_of_an_answer_is_held_against_the_log(theatre: Theatre) -> None:
    logged = incident_a()
    (line,) = logged.answers

    assert told(theatre, replace(logged, answers=(replace(line, age_s=2100.0),))) == (
        "the answer to call 688 would have been 2,040.998 s old, logged is 2,100.000 s",
    )


def test_an_answer_that_never_came_is_told(theatre: Theatre) -> None:
    logged = incident_a()
    own = LoggedAnswer(687, logged.bookings[0].uid, -27.0)

    assert told(theatre, replace(logged, answers=(*logged.answers, own))) == ()
    refused = replace(one_ordinary_call(), taken=(replace(logged.taken[0], start=logged.bookings[0].start),))
    assert "Cal.com would not have answered call 687 with booking 8Fxv4pCqnb1Jva1w9wn5wX" in told(
        theatre, replace(refused, answers=(own,))
    )


def test_the_age_tells_the_fraction_of_the_second_in_which_the_wish_came(theatre: Theatre) -> None:
    logged = incident_a()
    later = replace(logged, answers=(replace(logged.answers[0], age_s=2041.4),))

    assert told(theatre, later) == ()
    assert turns(later, RECORDED_A)[-1].at == logged.wishes[2].at + timedelta(milliseconds=402)  # type: ignore[operator]


def test_what_layers_said_is_held_against_the_log(theatre: Theatre) -> None:
    logged = replace(
        incident_b(),
        layers=(LoggedWord(766, Layer.FRESHNESS, Verdict.STALE), LoggedWord(766, Layer.EXISTING_APPOINTMENT, None)),
    )

    assert told(theatre, logged, RECORDED_B) == (
        "layer 1 would have said nothing of the answer to call 766, logged is stale",
        "layer 3 would have said already_stored of the answer to call 766, logged is nothing",
    )


def test_both_kept_files_have_the_log_lines_that_were_recorded() -> None:
    (of_688,), (of_766,) = incident_a().answers, incident_b().answers

    assert (of_688.call, of_688.age_s) == (688, 2040.998)
    assert (of_766.call, of_766.age_s) == (766, 71977.815)
    said = {word.layer: word.verdict for word in incident_b().layers if word.call == 766}
    assert said == {
        Layer.FRESHNESS: None,
        Layer.CALL_IDENTITY: None,
        Layer.EXISTING_APPOINTMENT: Verdict.ALREADY_STORED,
    }
