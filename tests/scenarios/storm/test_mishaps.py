"""What goes wrong by name: it happens, the hardened core ends well, and the unhardened is seen to fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scenarios.explorable import world_of
from scenarios.storm.mishaps import Mishap, MishapWorld, crash, find_mishap, mishaps
from scenarios.storm.program import ProgramScript
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.theatre import Theatre
from simulator.checker import Verdict
from simulator.schedulers.plain import Plain
from simulator.schedulers.uniform import Uniform

HAPPENS = {
    "reply-lost": "LoseResponse()",
    "retry-overtakes": "DelayRequest(seconds=25.0)",
    "create-after-refusal": "DelayRequest(seconds=25.0)",
    "webhook-before-reply": "DelayResponse(seconds=12.0)",
    "crash-after-commit": "gateway crashes",
}
IOS_OF_A_BOOKING = 38  # with a hardened gateway and one caller; one more finds nothing left to crash at


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.mark.parametrize("mishap", mishaps().values(), ids=lambda mishap: mishap.name)
def test_a_mishap_happens_and_hardened_ends_well(theatre: Theatre, mishap: Mishap) -> None:
    run = MishapWorld(theatre, mishap, StormSettings()).watch(Plain(), 0)

    assert run.result.verdict is Verdict.VALID, run.result.reason
    assert any(HAPPENS.get(mishap.name, "") in str(event) for event in run.result.events)


def test_a_booking_that_comes_after_its_refusal_is_given_back(theatre: Theatre) -> None:
    seen = MishapWorld(theatre, mishaps()["create-after-refusal"], StormSettings()).watch(Plain(), 0).seen

    assert [answer.status for answer in seen.responses] == ["booked", "unavailable"]
    assert [booking["status"] for booking in seen.bookings] == ["cancelled", "cancelled"]


@pytest.mark.parametrize("mishap", mishaps().values(), ids=lambda mishap: mishap.name)
def test_in_any_order_of_what_can_be_ordered(theatre: Theatre, mishap: Mishap) -> None:
    world = MishapWorld(theatre, mishap, StormSettings())

    verdicts = {world.run(Uniform(seed), seed).verdict for seed in range(10)}

    assert verdicts == {Verdict.VALID}


def test_a_crash_at_every_await_of_a_booking_ends_well(theatre: Theatre) -> None:
    storm = Storm(theatre, StormSettings(callers=1))
    ends = []
    for io_number in range(1, IOS_OF_A_BOOKING + 2):
        run = storm.play(ProgramScript(crash(io_number)), Plain(), 0)
        assert run.result.verdict is Verdict.VALID, f"crash at I/O {io_number}: {run.result.reason}"
        ends.append(("a gateway crashed" in run.result.reached, run.seen.responses[-1].status))

    assert [crashed for crashed, _ in ends] == [True] * IOS_OF_A_BOOKING + [False]
    told = [status for _, status in ends[:-1]]
    since_the_commit = told[told.index("pending") :]  # Cal.com's; before it, a crash is as if nothing had been asked
    assert set(told) - set(since_the_commit) == {"booked"}
    assert set(since_the_commit) == {"pending", "recovered"}
    assert len(since_the_commit) > IOS_OF_A_BOOKING // 2


def test_without_attempts_and_reconciliation_the_same_crash_leaves_something_open(theatre: Theatre) -> None:
    mishap = find_mishap("reply-lost")
    assert mishap is not None

    run = MishapWorld(theatre, mishap, StormSettings(profile="deployed")).watch(Plain(), 0)

    assert run.result.verdict is Verdict.INVALID


def test_a_mishap_is_built_again_from_what_a_recording_says(theatre: Theatre) -> None:
    mishap = find_mishap("crash-at-31")
    assert mishap is not None
    world = MishapWorld(theatre, mishap, StormSettings())

    again = world_of(theatre, world.context)

    assert again.run(Plain(), 0).digest == world.run(Plain(), 0).digest


@pytest.mark.parametrize("name", ["crash-at-", "crash-at-x", "crash-at--1", "sunshine"])
def test_no_other_name_is_a_mishap(name: str) -> None:
    assert find_mishap(name) is None
