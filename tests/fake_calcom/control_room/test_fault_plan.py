"""The plan: in order, first match wins, each rule at the meetings it names, everything counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_calcom import FakeCalcom, WorldError
from fake_calcom.faults.plan import FaultPlan, UnusedFaultsError
from fake_calcom.faults.rule import Subject

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client

BUSY = {"kind": "status", "status": 503}
NOON_MS = 1_760_000_000_000


class Hand:
    """A clock's hand that a test moves."""

    def __init__(self) -> None:
        self.now_ms = NOON_MS

    def __call__(self) -> int:
        return self.now_ms


def create(now_ms: int = NOON_MS) -> Subject:
    return Subject("createBooking", "POST", "/v2/bookings", "/v2/bookings", now_ms)


def struck(plan: FaultPlan, calls: int) -> list[int]:
    """Return at which of so many creates, counted from one, the plan struck."""
    return [n for n in range(1, calls + 1) if plan.strike(create()) is not None]


@pytest.mark.parametrize(
    ("when", "strikes"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 2}, [2]),
        ({"first": 3}, [1, 2, 3]),
        ({"every": 2}, [2, 4, 6]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"times": 1}, [1]),
        ({"operation": "getBooking"}, []),
        ({"method": "post", "path": "/v2/*"}, [1, 2, 3, 4, 5, 6]),
        ({"method": "GET"}, []),
    ],
)
def test_a_rule_strikes_at_the_meetings_it_names(when: dict[str, Any], strikes: list[int]) -> None:
    plan = FaultPlan(Hand())
    plan.add(effect=BUSY, **when)

    assert struck(plan, 6) == strikes


def test_the_first_rule_that_strikes_wins_and_those_behind_do_not_meet_the_call() -> None:
    plan = FaultPlan(Hand())
    first = plan.add(effect=BUSY, nth=2)
    second = plan.add(effect="drop_before")

    struck(plan, 3)

    assert (first.met, first.hits) == (3, 1)
    assert (second.met, second.hits) == (2, 2)


@given(st.integers(0, 50), st.floats(0, 1))
def test_a_seeded_probability_strikes_alike_in_every_run(seed: int, probability: float) -> None:
    plans = [FaultPlan(Hand()) for _ in range(2)]
    for plan in plans:
        plan.add(effect=BUSY, probability=probability, seed=seed)

    assert struck(plans[0], 40) == struck(plans[1], 40)


def test_a_window_and_a_time_to_live_are_on_the_fakes_clock() -> None:
    hand = Hand()
    plan = FaultPlan(hand)
    plan.add(effect=BUSY, ttl_seconds=10)

    before = plan.strike(create(hand.now_ms + 9_999))
    after = plan.strike(create(hand.now_ms + 10_000))

    assert before is not None
    assert after is None


def test_a_rule_that_never_struck_fails_the_test_that_asks() -> None:
    plan = FaultPlan(Hand())
    plan.add(name="the lost answer", operation="createBooking", nth=9, effect="drop_after")
    struck(plan, 2)

    with pytest.raises(UnusedFaultsError, match=r"rule 1 \(the lost answer\) met 2 calls"):
        plan.refuse_unused()


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ({}, "effect"),
        ({"effect": "explode"}, "effect"),
        ({"effect": {"kind": "status"}}, "effect.status"),
        ({"effect": {"kind": "status", "status": 100}}, "effect.status"),
        ({"effect": {"kind": "status", "status": 500, "headers": {"a": "b\n"}}}, "effect.headers"),
        ({"effect": {"kind": "delay"}}, "effect.seconds"),
        ({"effect": {"kind": "delay", "seconds": -1}}, "effect.seconds"),
        ({"effect": "truncate", "phase": "before"}, "phase"),
        ({"effect": "drop_before", "nth": 0}, "nth"),
        ({"effect": "drop_before", "probability": 1.5}, "probability"),
        ({"effect": "drop_before", "since": "noon"}, "since"),
        ({"effect": "drop_before", "sometimes": True}, "sometimes"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place_and_the_plan_stays(rule: dict[str, Any], where: str) -> None:
    plan = FaultPlan(Hand())

    with pytest.raises(WorldError) as refused:
        plan.add(**rule)

    assert refused.value.where == where
    assert len(plan) == 0


async def test_the_control_door_adds_counts_and_forgets(room: Client) -> None:
    added = await room.post("/__fake__/faults", [{"operation": "createBooking", "effect": BUSY}, {"effect": "reset"}])
    refused = await room.book("PLAIN")

    listed = await room.get("/__fake__/faults")
    removed = await room.call("DELETE", "/__fake__/faults?id=1")
    emptied = await room.call("DELETE", "/__fake__/faults")

    assert refused.status == 503
    assert [rule["id"] for rule in added.body["data"]] == [1, 2]
    assert [(rule["met"], rule["hits"]) for rule in listed.body["data"]] == [(1, 1), (0, 0)]
    assert [rule["id"] for rule in removed.body["data"]] == [2]
    assert emptied.body["data"] == []


async def test_a_list_with_one_wrong_rule_adds_none(room: Client) -> None:
    answer = await room.post("/__fake__/faults", [{"effect": "reset"}, {"effect": "explode"}])

    assert (answer.status, answer.body["error"]["where"]) == (400, "effect")
    assert len(room.fake.faults) == 0


def test_coverage_names_what_a_suite_never_met() -> None:
    from fake_calcom.coverage import told

    fake = FakeCalcom()
    fake.coverage.note("createBooking", 201, "", "")

    gaps = [told(gap) for gap in fake.coverage.gaps({"createBooking": (201, 400)}, ("createBooking",))]

    assert "your tests never met a 400 on createBooking" in gaps
    assert "your tests never met a lost answer on createBooking" in gaps
    assert not any("201" in gap for gap in gaps)
