"""Each checker of what is left finds the bug that is planted for it, and no other one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from booking_core.profiles import profiles
from scenarios.storm.aftermath import Aftermath
from scenarios.storm.checkers import LIVENESS, aftermath_checkers
from scenarios.storm.creates import CreateEnd
from scenarios.storm.deeds import Deed
from scenarios.storm.world import STARTS_AT
from simulator.checker import Verdict
from simulator.history import History
from tests.scenarios.storm.aftermaths import (
    PHONE,
    a_booking,
    a_history,
    a_row,
    an_aftermath,
    an_answer,
    an_occupation,
)

CANCEL = Deed("cancel", PHONE, None)


def complaints(left: Aftermath, history: History) -> dict[str, tuple[str, ...]]:
    """What each checker that objects says."""
    findings = [checker.check(history) for checker in aftermath_checkers(profiles()["hardened"], left)]
    return {finding.checker: finding.reasons for finding in findings if finding.verdict is not Verdict.VALID}


def test_a_quiet_afternoon_is_valid() -> None:
    assert complaints(an_aftermath(), a_history()) == {}


def an_appointment_cancelled(left: Aftermath) -> None:
    left.seen.appointments = [a_row(status="cancelled")]
    left.seen.bookings = [a_booking(status="cancelled")]
    left.seen.audit = [
        {"event_type": "appointment_cancelled", "details": {"appointment_id": 1, "calcom_v2_booking_id": "uid-1"}}
    ]


def test_who_cancels_need_not_hold_the_appointment_any_more() -> None:
    left = an_aftermath()
    an_appointment_cancelled(left)

    assert complaints(left, a_history("booked", CANCEL)) == {}


def test_an_appointment_that_nobody_cancelled_must_stand() -> None:
    left = an_aftermath()
    an_appointment_cancelled(left)

    assert list(complaints(left, a_history())) == ["no falsehood"]


def test_even_who_cancels_must_have_had_the_appointment() -> None:
    left = an_aftermath()
    left.seen.responses = [an_answer(appointment_id=99)]

    assert list(complaints(left, a_history("booked", CANCEL))) == ["no falsehood"]


def test_a_refusal_is_true_while_somebody_else_holds_the_time() -> None:
    left = refused()
    left.occupations = [an_occupation("call_1")]

    assert complaints(left, a_history("unavailable")) == {}


@pytest.mark.parametrize(
    "occupations",
    [[], [an_occupation("call_0")], [an_occupation("call_1", since_s=5.0)], [an_occupation("call_1", -9.0, -5.0)]],
    ids=["nobody's", "its own", "taken later", "free before"],
)
def test_a_refusal_is_false_when_nobody_else_holds_the_time(occupations: list[object]) -> None:
    left = refused()
    left.occupations = occupations  # type: ignore[assignment]  # parametrize knows objects only

    assert list(complaints(left, a_history("unavailable"))) == ["true refusals"]


def test_who_is_refused_must_not_hold_that_very_booking() -> None:
    left = an_aftermath()
    left.seen.responses = []

    assert list(complaints(left, a_history("error"))) == ["true refusals"]


def test_who_is_refused_may_have_an_appointment_moved_there_later() -> None:
    left = an_aftermath()
    left.seen.responses = []
    left.seen.bookings = [a_booking(rescheduledFromUid="uid-0")]
    left.occupations = [an_occupation("call_0", since_s=5.0)]

    assert complaints(left, a_history("error")) == {}


@pytest.mark.parametrize(
    ("changes", "since_s"),
    [({"rescheduledFromUid": "uid-0"}, -5.0), ({}, 5.0)],
    ids=["moved there before", "made there later"],
)
def test_who_is_refused_must_not_hold_it_since_before_nor_by_a_late_create(
    changes: dict[str, str], since_s: float
) -> None:
    left = an_aftermath()
    left.seen.responses = []
    left.seen.bookings = [a_booking(**changes)]
    left.occupations = [an_occupation("call_0", since_s=since_s)]

    assert list(complaints(left, a_history("error"))) == ["true refusals"]


def refused() -> Aftermath:
    """Call_0 got nothing."""
    left = an_aftermath()
    left.seen.responses, left.seen.appointments, left.seen.bookings = [], [], []
    left.seen.attempts = [{"id": 1, "call_id": 1, "state": "refused"}]
    return left


def an_unsettled_attempt(left: Aftermath) -> None:
    left.seen.attempts = [{"id": 1, "call_id": 1, "state": "unknown"}]


def a_ghost(left: Aftermath) -> None:
    left.seen.bookings = [a_booking(), a_booking("uid-2", "call_7")]


def an_appointment_at_another_time(left: Aftermath) -> None:
    left.seen.appointments = [a_row(starts_at="2025-10-10T08:00:00.000Z")]


def an_orphan(left: Aftermath) -> None:
    left.seen.appointments = [a_row(), a_row(id=2, call_id=None, calcom_v2_booking_id="uid-3")]
    left.seen.emails.append({"booking_uid": "uid-3", "to": "x@example.com"})


@pytest.mark.parametrize("spoil", [an_unsettled_attempt, a_ghost, an_orphan, an_appointment_at_another_time])
def test_what_never_ends_is_a_lack_of_liveness(spoil: Callable[[Aftermath], None]) -> None:
    left = an_aftermath()

    spoil(left)

    assert list(complaints(left, a_history())) == [LIVENESS]


def told_pending() -> Aftermath:
    """Call_0 was told that it cannot be told yet, and its attempt came to nothing."""
    left = refused()
    left.seen.calls[0]["appointment_id"] = None
    return left


def test_who_is_told_to_wait_must_hear_what_came_of_it() -> None:
    assert list(complaints(told_pending(), a_history("pending"))) == [LIVENESS]


def a_message_that_it_failed(left: Aftermath) -> None:
    left.seen.notifications = [
        {"appointment_id": None, "customer_id": 1, "channel": "sms", "kind": "booking_failed"},
    ]


def a_link_to_the_customers_other_appointment(left: Aftermath) -> None:
    left.seen.appointment_calls = [{"call_id": 1, "appointment_id": 7}]


@pytest.mark.parametrize("come", [a_message_that_it_failed, a_link_to_the_customers_other_appointment])
def test_who_waited_is_content_with_a_message_or_an_appointment(come: Callable[[Aftermath], None]) -> None:
    left = told_pending()

    come(left)

    assert complaints(left, a_history("pending")) == {}


NO_ANSWER = CreateEnd(STARTS_AT.timestamp() + 20, "gateway", 1, None)
ITS_BOOKING = CreateEnd(STARTS_AT.timestamp() + 21, "gateway", 1, "uid-1")


def test_a_booking_that_could_be_found_is_not_created_again() -> None:
    left = an_aftermath()
    left.creates = [NO_ANSWER, ITS_BOOKING]

    assert list(complaints(left, a_history())) == ["no blind repeat"]


@pytest.mark.parametrize(
    ("creates", "shown_s"),
    [([ITS_BOOKING], 0.0), ([NO_ANSWER, ITS_BOOKING], 20.5), ([NO_ANSWER, replace(ITS_BOOKING, call_id=2)], 0.0)],
    ids=["the first answer", "not there yet at the look-up", "another call's"],
)
def test_a_create_is_no_blind_repeat(creates: list[CreateEnd], shown_s: float) -> None:
    left = an_aftermath()
    left.creates = creates
    left.occupations = [an_occupation("call_0", since_s=shown_s)]

    assert complaints(left, a_history()) == {}


def a_silent_booking(left: Aftermath) -> None:
    left.seen.emails = []


def an_audit_that_disagrees(left: Aftermath) -> None:
    details = {"appointment_id": 1, "calcom_v2_booking_id": "uid-1"}
    left.seen.audit = [{"event_type": "appointment_cancelled", "details": details}]


def a_message_queued_twice(left: Aftermath) -> None:
    left.seen.notifications = [{"appointment_id": 1, "channel": "sms", "kind": "booking_confirmed"}] * 2


@pytest.mark.parametrize("spoil", [a_silent_booking, an_audit_that_disagrees, a_message_queued_twice])
def test_a_record_that_does_not_tell_all_is_found(spoil: Callable[[Aftermath], None]) -> None:
    left = an_aftermath()

    spoil(left)

    assert list(complaints(left, a_history())) == ["a true record"]


def test_what_broke_inside_a_gateway_is_found() -> None:
    left = an_aftermath()
    left.mishaps.failed(KeyError("start"), "/api/retell/webhook")
    left.mishaps.failed(TimeoutError(), "a busy database is no mistake")

    assert complaints(left, a_history()) == {"nothing broke inside": ("/api/retell/webhook: KeyError: 'start'",)}


def test_two_appointments_of_one_booking_are_a_duplicate() -> None:
    left = an_aftermath()
    left.seen.appointments = [a_row(), a_row(id=2, call_id=None)]

    assert list(complaints(left, a_history())) == ["no duplicate"]


def test_a_call_without_its_link_is_found() -> None:
    left = an_aftermath()
    left.seen.calls[0]["appointment_id"] = None

    assert list(complaints(left, a_history())) == ["no lost link"]
