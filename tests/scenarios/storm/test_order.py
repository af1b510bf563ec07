"""Histories of callers that one calendar can, or cannot, have answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scenarios.storm.aftermath import Aftermath
from scenarios.storm.deeds import Deed
from scenarios.storm.order import OneOrder
from simulator.checker import Verdict
from simulator.clock import VirtualTime
from simulator.history import History
from simulator.trace import Trace
from tests.scenarios.storm.aftermaths import OTHER_PHONE, PHONE, a_row, an_aftermath, an_occupation

TEN = "2025-10-10T08:00:00.000Z"
Calls = Callable[[History], object]


def empty() -> Aftermath:
    """Nobody has anything in the end."""
    left = an_aftermath()
    left.seen.appointments, left.seen.calls, left.occupations = [], [], []
    return left


def with_rows(*rows: dict[str, Any]) -> Aftermath:
    """These rows are left; calls 1 and 2 are call_0 and call_1."""
    left = empty()
    left.seen.appointments = list(rows)
    left.seen.calls = [{"id": 1, "retell_call_id": "call_0"}, {"id": 2, "retell_call_id": "call_1"}]
    return left


def says(
    history: History, call: str, action: str, status: str, appointment_id: int | None = None, slot: str | None = None
) -> None:
    """One answer, before anything else is asked. The first caller's calls begin with call_0."""
    begins(history, call, action).ok({"status": status, "appointment_id": appointment_id, "slot": slot})


def begins(history: History, call: str, action: str) -> Any:
    """A question that is still open."""
    phone = PHONE if call.startswith("call_0") else OTHER_PHONE
    slots = {"book": "09:00", "cancel": None, "reschedule": "10:00"}
    return history.invoke(call, action, Deed(action, phone, slots[action]))


def verdict(left: Aftermath, *answers: tuple[Any, ...]) -> Verdict:
    """Of answers one after another."""
    history = a_blank()
    for answer in answers:
        says(history, *answer)
    return OneOrder(left).check(history).verdict


def a_blank() -> History:
    time = VirtualTime()
    return History(time, Trace(time, 100))


BOOKS = ("call_0", "book", "booked", 1)
CANCELS = ("call_0_again", "cancel", "cancelled", 1)
MOVES = ("call_0_again", "reschedule", "rescheduled", 1)
IS_REFUSED = ("call_1", "book", "unavailable")


@pytest.mark.parametrize(
    ("left", "answers"),
    [
        (with_rows(a_row()), [BOOKS, IS_REFUSED]),
        (with_rows(a_row()), [BOOKS, ("call_0", "book", "existing", 1)]),
        (with_rows(a_row(status="cancelled")), [BOOKS, CANCELS, ("call_0_again", "cancel", "not_found")]),
        (with_rows(a_row(status="cancelled"), a_row(id=2, call_id=2)), [BOOKS, CANCELS, ("call_1", *BOOKS[1:3], 2)]),
        (with_rows(a_row(starts_at=TEN)), [BOOKS, MOVES]),
        (with_rows(a_row(starts_at=TEN)), [BOOKS, MOVES, ("call_0", "book", "recovered", 1, "10:00")]),
        (with_rows(a_row()), [("call_0", "book", "existing", 1), ("call_0", "book", "recovered", 1)]),
        (with_rows(a_row()), [("call_0", "book", "pending")]),
        (empty(), [("call_0", "book", "pending")]),
        (empty(), [("call_0_again", "cancel", "not_found")]),
    ],
    ids=[
        "taken",
        "asked twice",
        "cancelled",
        "free again",
        "moved",
        "moved, and asked for again",
        "booked by a try that heard no answer",
        "settled later",
        "given up later",
        "nothing there",
    ],
)
def test_what_one_calendar_can_answer(left: Aftermath, answers: list[tuple[Any, ...]]) -> None:
    assert verdict(left, *answers) is Verdict.VALID


@pytest.mark.parametrize(
    ("left", "answers"),
    [
        (empty(), [IS_REFUSED]),
        (with_rows(a_row(status="cancelled")), [BOOKS, CANCELS, IS_REFUSED]),
        (with_rows(a_row(), a_row(id=2, call_id=2)), [BOOKS, ("call_1", "book", "booked", 2)]),
        (empty(), [BOOKS]),
        (with_rows(a_row()), [BOOKS, CANCELS]),
        (with_rows(a_row()), [BOOKS, MOVES]),
        (with_rows(a_row(starts_at=TEN)), [("call_0", "book", "booked", 1, "10:00")]),
        (with_rows(a_row()), [BOOKS, ("call_0", "book", "recovered", 1, "10:00")]),
        (with_rows(a_row()), [BOOKS, ("call_0_again", "cancel", "not_found")]),
        (empty(), [("call_0", "book", "existing", 1)]),
        (empty(), [CANCELS]),
    ],
    ids=[
        "nobody has what is called taken",
        "given up, and called taken",
        "two have it",
        "promised and lost",
        "cancelled, and still there",
        "moved, and not there",
        "another time than was asked for",
        "told another time than it has",
        "there, and not found",
        "nothing to be asked for again",
        "nothing to cancel",
    ],
)
def test_what_one_calendar_cannot_answer(left: Aftermath, answers: list[tuple[Any, ...]]) -> None:
    assert verdict(left, *answers) is Verdict.INVALID


def test_who_is_busy_at_calcom_is_taken() -> None:
    left = empty()
    left.occupations = [an_occupation("call_0", until_s=5.0)]

    assert verdict(left, IS_REFUSED) is Verdict.VALID


@pytest.mark.parametrize(("tries", "expected"), [(2, Verdict.VALID), (1, Verdict.INVALID)])
def test_a_try_that_heard_no_answer_may_have_moved_what_the_last_one_does_not_find(
    tries: int, expected: Verdict
) -> None:
    left, history = with_rows(a_row(status="cancelled"), a_row(id=2, call_id=2)), a_blank()
    says(history, *BOOKS)
    moving = begins(history, "call_0_again", "reschedule")
    says(history, "call_1", "book", "booked", 2)
    says(history, "call_0_third", "cancel", "cancelled", 1)
    moving.ok({"status": "not_found", "appointment_id": None, "tries": tries})

    assert OneOrder(left).check(history).verdict is expected


def test_answers_that_overlap_may_come_in_either_order() -> None:
    history = a_blank()
    cancelling = begins(history, "call_0_again", "cancel")
    says(history, *BOOKS)
    says(history, *IS_REFUSED)
    cancelling.ok({"status": "cancelled", "appointment_id": 1})

    assert OneOrder(with_rows(a_row(status="cancelled"))).check(history).verdict is Verdict.VALID


def test_a_lost_answers_row_may_be_cancelled_before_the_next_try_gets_another() -> None:
    history = a_blank()
    asking = begins(history, "call_0", "book")
    says(history, "call_0_again", "cancel", "cancelled", 1)
    asking.ok({"status": "booked", "appointment_id": 2})

    left = with_rows(a_row(status="cancelled"), a_row(id=2))
    assert OneOrder(left).check(history).verdict is Verdict.VALID


def test_a_lost_answers_row_may_be_moved_before_the_next_try_finds_it() -> None:
    history = a_blank()
    asking = begins(history, "call_0", "book")
    says(history, "call_0_again", "reschedule", "rescheduled", 1)
    asking.ok({"status": "recovered", "appointment_id": 1, "slot": "10:00", "tries": 2})

    assert OneOrder(with_rows(a_row(starts_at=TEN))).check(history).verdict is Verdict.VALID
    assert OneOrder(with_rows(a_row())).check(history).verdict is Verdict.INVALID
    assert OneOrder(empty()).check(history).verdict is Verdict.INVALID


def test_a_row_that_comes_back_after_its_cancellation_is_found() -> None:
    left = with_rows(a_row(status="cancelled"), a_row(id=2))

    assert verdict(left, BOOKS, CANCELS) is Verdict.INVALID


def test_the_reason_tells_every_answer_and_what_is_left() -> None:
    history = a_blank()
    says(history, *BOOKS)
    says(history, *CANCELS)

    (reason,) = OneOrder(with_rows(a_row())).check(history).reasons

    assert "call_0 book 09:00 by 1111 → booked; call_0_again cancel  by 1111 → cancelled" in reason
    assert reason.endswith("left is 09:00 of call_0")
