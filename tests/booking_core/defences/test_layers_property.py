"""Rules of the four layers that hold for every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from booking_core.defences.call_identity import is_clearly_another, judge_call_identity
from booking_core.defences.existing_appointment import judge_existing_appointment
from booking_core.defences.freshness import judge_freshness
from booking_core.defences.unique_booking import insert_passed, insert_refused
from booking_core.domain.model import Appointment, AppointmentStatus, Attendee, CalcomBooking
from booking_core.domain.outcomes import Verdict
from booking_core.profiles import Defences

NOW = datetime(2025, 10, 26, 1, 30, tzinfo=UTC)  # the hour that Berlin has twice
BOOKING = CalcomBooking("uid", 1, "accepted", NOW, NOW, 7, NOW, {"call_id": "call_a"}, Attendee("Anna", "a@b.example"))
ROW = Appointment(1, 5, 9, 1, NOW, NOW, AppointmentStatus.SCHEDULED, "uid", 1, NOW)

ages_s = st.floats(-1e7, 1e8, allow_nan=False)
texts = st.text(max_size=40)
people = st.builds(Attendee, texts, st.none() | texts, st.none() | texts)


@given(ages_s, st.floats(0, 1e6), st.booleans())
def test_only_what_is_older_than_the_threshold_is_stale(age_s: float, threshold_s: float, strict: bool) -> None:
    created_at = NOW - timedelta(seconds=age_s)
    exact_s = (NOW - created_at).total_seconds()

    verdict = judge_freshness(
        replace(BOOKING, created_at=created_at), NOW, Defences(threshold_s=threshold_s, strict=strict)
    )

    assert verdict.rejects == (exact_s > threshold_s)
    assert verdict.age_seconds == exact_s


@given(ages_s, st.integers(-14, 14))
def test_the_zone_in_which_an_instant_is_written_changes_nothing(age_s: float, hours: int) -> None:
    created_at = NOW - timedelta(seconds=age_s)
    elsewhere = created_at.astimezone(timezone(timedelta(hours=hours)))

    here = judge_freshness(replace(BOOKING, created_at=created_at), NOW, Defences())

    assert judge_freshness(replace(BOOKING, created_at=elsewhere), NOW, Defences()) == here


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_future_passes_and_only_beyond_the_tolerated_skew_is_suspicious(ahead_s: float, skew_s: float) -> None:
    created_at = NOW + timedelta(seconds=ahead_s)
    exact_s = (created_at - NOW).total_seconds()

    verdict = judge_freshness(replace(BOOKING, created_at=created_at), NOW, Defences(tolerated_skew_s=skew_s))

    assert verdict.verdict is Verdict.FRESH
    assert verdict.suspicious == (exact_s > skew_s)


@given(texts, texts, st.booleans(), st.booleans())
def test_a_call_id_that_is_there_decides_alone(sent_id: str, got_id: str, strict: bool, compare: bool) -> None:
    booking = replace(BOOKING, metadata={"call_id": got_id})
    settings = Defences(strict=strict, compare_attendee=compare)

    verdict = judge_call_identity(booking, sent_id, Attendee("Somebody else", None), settings)

    assert verdict.verdict is (Verdict.OWN_CALL if sent_id == got_id else Verdict.FOREIGN_CALL)


@given(people)
def test_nobody_is_another_than_themselves(person: Attendee) -> None:
    assert not is_clearly_another(person, person)


@given(people, people)
def test_being_another_is_mutual(one: Attendee, two: Attendee) -> None:
    assert is_clearly_another(one, two) == is_clearly_another(two, one)


def test_spelling_makes_nobody_another() -> None:
    sent = Attendee("  JÜRGEN  Groß", "j@b.example")
    answered = Attendee("ju\u0308rgen gross", "J@B.example")

    assert not is_clearly_another(answered, sent)


def test_without_a_call_id_another_attendee_is_a_foreign_call_where_it_is_compared() -> None:
    anonymous = replace(BOOKING, metadata={})
    sent = Attendee("Bert", "a@b.example")

    compared = judge_call_identity(anonymous, "call_b", sent, Defences(compare_attendee=True))
    not_compared = judge_call_identity(anonymous, "call_b", sent, Defences())

    assert (compared.verdict, not_compared.verdict) == (Verdict.FOREIGN_CALL, Verdict.UNVERIFIED)


def test_strict_settings_turn_down_what_is_missing() -> None:
    bare = replace(BOOKING, created_at=None, metadata={})

    assert judge_freshness(bare, NOW, Defences(strict=True)).rejects
    assert judge_call_identity(bare, "call_a", Attendee("Anna", None), Defences(strict=True)).rejects


@given(st.integers(1, 20))
def test_a_stored_booking_is_rejected_whoever_asks(customer_id: int) -> None:
    found = judge_existing_appointment(ROW, customer_id)
    refused = insert_refused(ROW, customer_id)

    assert (found.verdict, refused.verdict) == (Verdict.ALREADY_STORED, Verdict.ALREADY_STORED)
    assert ("the same customer" in found.reason) == (customer_id == ROW.customer_id)
    assert (found.existing, refused.existing) == (ROW, ROW)


def test_an_unknown_booking_passes() -> None:
    assert not judge_existing_appointment(None, 1).rejects
    assert not insert_passed().rejects


def test_a_refused_insert_rejects_even_when_the_winner_is_gone_again() -> None:
    verdict = insert_refused(None, 1)

    assert verdict.rejects
    assert verdict.existing is None
