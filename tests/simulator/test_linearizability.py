"""Linearizability of slots: the search agrees with brute force over every history there is."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.checker import Verdict
from simulator.clock import VirtualTime
from simulator.history import Completion, History, Operation
from simulator.linearizability import Linearizability, OneAppointmentASlot, is_linearizable
from simulator.trace import Trace

MODEL = OneAppointmentASlot()


def brute_force(operations: list[Operation]) -> bool:
    """Every subset of the unknown ones, every order that keeps real time."""
    certain = [each for each in operations if each.completion is not Completion.INFO]
    unknown = [each for each in operations if each.completion is Completion.INFO]
    for taken in range(2 ** len(unknown)):
        chosen = certain + [each for place, each in enumerate(unknown) if taken >> place & 1]
        if any(fits(order) for order in permutations(chosen)):
            return True
    return False


def fits(order: tuple[Operation, ...]) -> bool:
    state: Any = MODEL.initial
    for place, operation in enumerate(order):
        if any(_precedes(later, operation) for later in order[place + 1 :]):
            return False
        possible, state = MODEL.apply(state, operation)
        if not possible:
            return False
    return True


def _precedes(one: Operation, other: Operation) -> bool:
    ended = one.completion is not Completion.INFO and one.completed is not None
    return ended and one.completed is not None and one.completed < other.invoked


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """Up to five operations on one slot, in any overlap and with any outcome."""
    count = draw(st.integers(1, 5))
    places = draw(st.permutations(range(2 * count)))
    operations = []
    for number in range(count):
        invoked, completed = sorted(places[2 * number : 2 * number + 2])
        action = draw(st.sampled_from(["book", "cancel", "read"]))
        completion = draw(st.sampled_from(Completion))
        value = draw(st.sampled_from(["a", "b", None] if action == "read" else ["taken", None]))
        argument = {"slot": 9, "holder": draw(st.sampled_from("ab"))}
        operations.append(
            Operation(number, f"caller {number}", action, argument, invoked, 0, completion, value, completed, 0)
        )
    return operations


@settings(max_examples=600)
@given(histories())
def test_the_search_agrees_with_brute_force(operations: list[Operation]) -> None:
    assert is_linearizable(MODEL, operations) == brute_force(operations)


def book(history: History, caller: str) -> Any:
    return history.invoke(caller, "book", {"slot": 9, "holder": caller})


def checked(history: History) -> Verdict:
    return Linearizability(MODEL, lambda operation: operation.argument["slot"]).check(history).verdict


@pytest.fixture
def history() -> History:
    return History(VirtualTime(), Trace(VirtualTime()))


def test_two_appointments_in_one_slot_fit_no_order(history: History) -> None:
    first, second = book(history, "a"), book(history, "b")
    first.ok("a")
    second.ok("b")

    assert checked(history) is Verdict.INVALID


def test_a_slot_that_was_cancelled_may_be_booked_again(history: History) -> None:
    book(history, "a").ok("a")
    history.invoke("a", "cancel", {"slot": 9, "holder": "a"}).ok()
    book(history, "b").ok("b")

    assert checked(history) is Verdict.VALID


def test_a_booking_that_timed_out_may_hold_the_slot(history: History) -> None:
    book(history, "a").info("timeout")
    book(history, "b").fail("taken")

    assert checked(history) is Verdict.VALID


def test_taken_without_anyone_who_could_hold_the_slot_fits_no_order(history: History) -> None:
    book(history, "b").fail("taken")

    assert checked(history) is Verdict.INVALID


def test_a_read_must_not_forget_an_appointment(history: History) -> None:
    book(history, "a").ok("a")
    history.invoke("b", "read", {"slot": 9, "holder": "b"}).ok(None)

    assert checked(history) is Verdict.INVALID


def test_slots_are_judged_apart(history: History) -> None:
    book(history, "a").ok("a")
    history.invoke("b", "book", {"slot": 10, "holder": "b"}).ok("b")

    assert checked(history) is Verdict.VALID


def test_a_search_that_is_given_up_is_unknown(history: History) -> None:
    for number in range(12):
        book(history, f"caller {number}").info()
    book(history, "nobody").fail("taken")
    history.invoke("x", "read", {"slot": 9, "holder": "x"}).ok("never booked")

    finding = Linearizability(MODEL, lambda _: 0, states_max=3).check(history)

    assert finding.verdict is Verdict.UNKNOWN
    assert "more than 3 states" in finding.reasons[0]


def test_an_operation_ends_once(history: History) -> None:
    operation = book(history, "a")
    operation.ok()

    with pytest.raises(ValueError, match="has ended already"):
        operation.fail()


def test_what_never_completed_is_unknown(history: History) -> None:
    book(history, "a")

    assert history.operations[0].completion is Completion.INFO
    assert history.operations[0].completed is None
