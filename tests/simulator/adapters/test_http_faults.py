"""Rules say which exchange is hit; the choices say whether; counts say whether anything was tested."""

from __future__ import annotations

import pytest

from simulator.adapters.http_faults import (
    Answer,
    DropRequest,
    Exchange,
    Fate,
    HttpFaults,
    HttpRule,
    LoseResponse,
    RefuseConnection,
)
from simulator.choices import Choices
from simulator.schedulers import Exhaustive, FromList, Plain, Replay, Uniform

BOOK = Exchange("gateway", "cal", "POST", "/v2/bookings")
LIST = Exchange("gateway", "cal", "GET", "/v2/slots")


@pytest.mark.parametrize(
    "rule",
    [
        HttpRule((DropRequest(),), client="gateway", server="cal", method="POST", path="/v2/*"),
        HttpRule((DropRequest(),), method="P*"),
        HttpRule((DropRequest(),), path="*/bookings"),
    ],
)
def test_a_rule_hits_what_its_patterns_fit_and_nothing_else(rule: HttpRule) -> None:
    faults = HttpFaults.of([rule])

    assert faults.judge(BOOK, None) == DropRequest()
    assert faults.judge(LIST, None) is None
    assert (faults.counts[0].matched, faults.counts[0].hits) == (1, 1)


def test_the_first_rule_that_hits_decides() -> None:
    faults = HttpFaults.of(
        [HttpRule((DropRequest(),), method="GET"), HttpRule((LoseResponse(),)), HttpRule((Answer(500),))]
    )

    assert faults.judge(BOOK, None) == LoseResponse()
    assert [count.hits for count in faults.counts] == [0, 1, 0]


def test_nth_hits_one_exchange_and_times_hits_so_many() -> None:
    faults = HttpFaults.of([HttpRule((DropRequest(),), nth=3), HttpRule((LoseResponse(),), times=1)])

    fates = [faults.judge(BOOK, None) for _ in range(4)]

    assert fates == [LoseResponse(), None, DropRequest(), None]


def test_connections_and_requests_are_judged_by_rules_of_their_own() -> None:
    faults = HttpFaults.of([HttpRule((RefuseConnection(),)), HttpRule((DropRequest(),))])

    assert faults.judge(BOOK, None, on_connection=True) == RefuseConnection()
    assert faults.judge(BOOK, None) == DropRequest()
    with pytest.raises(ValueError, match="a rule each"):
        HttpRule((RefuseConnection(), DropRequest()))
    with pytest.raises(ValueError, match="fates is empty"):
        HttpRule(())


def test_whether_a_rule_with_odds_hits_is_a_choice_and_plain_order_has_no_faults() -> None:
    rule = HttpRule((DropRequest(), LoseResponse()), odds=0.5)

    plain = Choices(Plain())
    assert HttpFaults.of([rule]).judge(BOOK, plain) is None
    assert [(each.stream, each.label, each.n) for each in plain.recorded] == [
        ("faults", "gateway->cal: POST /v2/bookings", 3)
    ]
    assert HttpFaults.of([rule]).judge(BOOK, Choices(FromList([2]))) == LoseResponse()


def test_odds_hold_in_random_runs() -> None:
    faults, choices = HttpFaults.of([HttpRule((DropRequest(),), odds=0.1)]), Choices(Uniform(3))

    hits = sum(faults.judge(BOOK, choices) is not None for _ in range(1000))

    assert 60 < hits < 140


def test_every_fate_of_a_rule_is_enumerated() -> None:
    fates: set[Fate | None] = set()
    search = Exhaustive(deviations_max=None)
    while True:
        search.begin()
        fates.add(HttpFaults.of([HttpRule((DropRequest(), LoseResponse()), odds=0.5)]).judge(BOOK, Choices(search)))
        if not search.advance():
            break

    assert fates == {None, DropRequest(), LoseResponse()}


def test_a_recorded_fault_is_replayed() -> None:
    rule = HttpRule((DropRequest(), LoseResponse()), odds=0.5)
    first = Choices(Uniform(1))
    fates = [HttpFaults.of([rule]).judge(BOOK, first) for _ in range(20)]

    again = Choices(Replay(first.recorded))

    assert [HttpFaults.of([rule]).judge(BOOK, again) for _ in range(20)] == fates
    assert len(set(fates)) == 3
