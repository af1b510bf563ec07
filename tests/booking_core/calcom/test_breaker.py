"""The circuit breaker: closed, open, one probe, closed again."""

from __future__ import annotations

import aiohttp

from booking_core.calcom.breaker import Breaker, BreakerLimits, BreakerState
from booking_core.domain.events import BreakerMoved, Event
from booking_core.ports.calcom import NotSent, Unknown
from tests.booking_core.calcom.scripted import HandClock, ScriptedCalcom, answers, make_client, request


class Told(list[Event]):
    """What the breaker told."""

    def states(self) -> list[str]:
        return [fact.state for fact in self if isinstance(fact, BreakerMoved)]


def opened(clock: HandClock, told: Told) -> Breaker:
    breaker = Breaker(BreakerLimits(failures_max=3, recovery_s=10), clock.monotonic, told.append)
    for _ in range(3):
        assert breaker.permits()
        breaker.failed()
    return breaker


def test_three_failures_in_a_row_open_it() -> None:
    clock, told = HandClock(), Told()

    breaker = opened(clock, told)

    assert not breaker.permits()
    assert told.states() == ["open"]


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(BreakerLimits(failures_max=2, recovery_s=10), HandClock().monotonic, Told().append)

    for _ in range(5):
        breaker.failed()
        breaker.succeeded()

    assert breaker.state is BreakerState.CLOSED


def test_after_the_recovery_time_one_probe_may_leave() -> None:
    clock, told = HandClock(), Told()
    breaker = opened(clock, told)

    clock.seconds = 10.0

    assert [breaker.permits(), breaker.permits()] == [True, False]
    breaker.succeeded()
    assert breaker.permits()
    assert told.states() == ["open", "half_open", "closed"]


def test_a_failed_probe_opens_it_for_as_long_again() -> None:
    clock, told = HandClock(), Told()
    breaker = opened(clock, told)
    clock.seconds = 10.0
    assert breaker.permits()

    breaker.failed()

    clock.seconds = 19.9
    assert not breaker.permits()
    clock.seconds = 20.0
    assert breaker.permits()


def test_an_abandoned_probe_makes_room_for_the_next() -> None:
    clock, told = HandClock(), Told()
    breaker = opened(clock, told)
    clock.seconds = 10.0
    assert breaker.permits()

    breaker.abandoned()

    assert breaker.permits()


async def test_an_open_breaker_sends_nothing() -> None:
    calcom, clock, told = ScriptedCalcom([answers(503, {})]), HandClock(), Told()
    async with calcom.server() as server, aiohttp.ClientSession() as http:
        client = make_client(http, str(server.make_url("/")), clock, told, breaker=BreakerLimits(failures_max=2))

        results = [await client.create_booking(request()) for _ in range(4)]

    assert [type(result) for result in results] == [Unknown, Unknown, NotSent, NotSent]
    assert len(calcom.heard) == 2


async def test_refusals_and_rate_limits_are_answers_and_leave_it_closed() -> None:
    calcom, clock, told = ScriptedCalcom([answers(400, {}), answers(429, {}), answers(400, {})]), HandClock(), Told()
    async with calcom.server() as server, aiohttp.ClientSession() as http:
        client = make_client(http, str(server.make_url("/")), clock, told, breaker=BreakerLimits(failures_max=1))

        for _ in range(3):
            await client.create_booking(request())

    assert told.states() == []
