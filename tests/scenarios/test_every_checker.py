"""Every checker there is has a planted bug that it finds and no other does. A new checker without one fails here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booking_core.profiles import Promise, profiles
from scenarios.checkers import broken_promises, checkers
from scenarios.load.aftermath import Evidence, load_checkers
from scenarios.observation import Observation
from scenarios.storm.aftermath import Aftermath
from scenarios.storm.checkers import storm_checkers
from scenarios.storm.creates import CreateEnd
from scenarios.storm.deeds import Deed
from scenarios.storm.world import STARTS_AT
from simulator.checker import Verdict
from simulator.history import History
from tests.scenarios.load.test_checkers import agreeing, delivery
from tests.scenarios.storm.aftermaths import PHONE, a_history, a_row, an_aftermath, an_answer
from tests.scenarios.test_checkers import PLANTED as BROKEN_PROMISES
from tests.scenarios.test_checkers import healthy

HARDENED = profiles()["hardened"]


# --- promises: scenarios/checkers.py ---


def test_every_promise_has_a_planted_bug() -> None:
    assert {promise for _, promise in BROKEN_PROMISES} == set(checkers()) == set(Promise)


@pytest.mark.parametrize("promise", list(Promise))
def test_a_promises_bugs_are_found_by_its_checker_alone(promise: Promise) -> None:
    for plant, meant in BROKEN_PROMISES:
        seen = healthy()
        plant(seen)
        assert (promise in broken_promises(seen)) == (meant is promise)


# --- storms: scenarios/storm/checkers.py ---

Storm = tuple[Aftermath, History]


def two_rows_of_one_booking() -> Storm:
    left = an_aftermath()
    left.seen.appointments = [a_row(), a_row(id=2)]
    return left, a_history()


def a_call_without_its_link() -> Storm:
    left = an_aftermath()
    left.seen.calls[0]["appointment_id"] = None
    return left, a_history()


def booked_on_an_appointment_that_never_was() -> Storm:
    left = an_aftermath()
    left.seen.responses = [an_answer(appointment_id=99)]
    return left, a_history()


def refused_who_holds_it() -> Storm:
    left = an_aftermath()
    left.seen.responses = []
    return left, a_history("error")


def an_attempt_without_an_end() -> Storm:
    left = an_aftermath()
    left.seen.attempts = [{"id": 1, "call_id": 1, "state": "unknown"}]
    return left, a_history()


def an_error_inside() -> Storm:
    left = an_aftermath()
    left.mishaps.failed(KeyError("start"), "/api/retell/webhook")
    return left, a_history()


def created_again_without_a_look() -> Storm:
    left, began = an_aftermath(), STARTS_AT.timestamp()
    left.creates = [CreateEnd(began + 20, "gateway", 1, None), CreateEnd(began + 21, "gateway", 1, "uid-1")]
    return left, a_history()


def a_booking_that_nobody_was_told_of() -> Storm:
    left = an_aftermath()
    left.seen.emails = []
    return left, a_history()


def cancelled_and_still_there() -> Storm:
    return an_aftermath(), a_history("booked", Deed("cancel", PHONE, None))


STORMS: dict[str, Callable[[], Storm]] = {
    "no duplicate": two_rows_of_one_booking,
    "no lost link": a_call_without_its_link,
    "no falsehood": booked_on_an_appointment_that_never_was,
    "true refusals": refused_who_holds_it,
    "an end to everything": an_attempt_without_an_end,
    "nothing broke inside": an_error_inside,
    "no blind repeat": created_again_without_a_look,
    "a true record": a_booking_that_nobody_was_told_of,
    "one order of all answers": cancelled_and_still_there,
}


def test_every_checker_of_a_storm_has_a_planted_bug() -> None:
    assert set(STORMS) == {checker.name for checker in storm_checkers(HARDENED, an_aftermath())}


@pytest.mark.parametrize("name", STORMS)
def test_a_storms_bug_is_found_by_its_checker_alone(name: str) -> None:
    left, history = STORMS[name]()

    findings = [checker.check(history) for checker in storm_checkers(HARDENED, left)]

    assert {finding.checker for finding in findings if finding.verdict is not Verdict.VALID} == {name}


# --- loads: scenarios/load/aftermath.py, which judges promises with the checkers above, too ---


def an_attempt_that_stayed_open() -> Evidence:
    seen = agreeing()
    seen.attempts = [{"id": 7, "state": "open"}, {"id": 8, "state": "booked"}]
    return Evidence(seen, [], [])


def a_ghost() -> Evidence:
    seen = agreeing()
    del seen.appointments[0]
    return Evidence(seen, [], [])


def a_webhook_that_was_taken_and_forgotten() -> Evidence:
    return Evidence(agreeing(), [delivery(1, "a")], [])


LOADS: dict[str, Callable[[], Evidence]] = {
    "attempts have an end": an_attempt_that_stayed_open,
    "rows and bookings agree": a_ghost,
    "webhooks are handled once": a_webhook_that_was_taken_and_forgotten,
}


def test_every_checker_of_a_load_has_a_planted_bug() -> None:
    assert set(LOADS) == set(load_checkers(HARDENED))
    assert all(list(check(Evidence(Observation(), [], []))) == [] for check in load_checkers(HARDENED).values())


@pytest.mark.parametrize("name", LOADS)
def test_a_loads_bug_is_found_by_its_checker_alone(name: str) -> None:
    evidence = LOADS[name]()

    assert [which for which, check in load_checkers(HARDENED).items() if list(check(evidence))] == [name]
