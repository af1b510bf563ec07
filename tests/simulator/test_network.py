"""The network: order on a wire, rules and their fates, partitions that heal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from simulator.limits import Limits
from simulator.network import Mailbox, Network
from simulator.rules import Delay, Drop, Duplicate, Match, Message, Pass, Reset, Sometimes, judge
from simulator.schedulers import FromList, Plain, Uniform
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.schedulers.protocol import Scheduler

POST = Message("gateway", "cal.com", "POST /v2/bookings")


def value_of(world: Callable[[Simulation], Awaitable[Any]], scheduler: Scheduler | None = None) -> Any:
    limits = Limits(choice_points_min=0)
    result = Simulation(world, scheduler=scheduler or Plain(), limits=limits).run()
    assert result.error is None, result.reason
    return result.value


def arrivals(network: Network, name: str, simulation: Simulation) -> list[tuple[float, str]]:
    arrived: list[tuple[float, str]] = []
    network.listen(name, lambda message: arrived.append((round(simulation.loop.time(), 3), message.label)))
    return arrived


def test_the_first_rule_that_applies_decides() -> None:
    rules = [Match(Drop(), label="GET"), Match(Reset(), target="cal.com"), Match(Drop())]

    assert judge(rules, POST) == Reset()
    assert judge([], POST) == Pass()


def test_a_rule_spares_some_and_then_strikes_some_times() -> None:
    rule = Match(Drop(), source="gateway", skip=1, times=2)

    fates = [rule.judge(POST) for _ in range(5)]

    assert fates == [None, Drop(), Drop(), None, None]
    assert rule.hits == 2


@pytest.mark.parametrize("seed", range(20))
def test_messages_of_one_wire_never_overtake_each_other(seed: int) -> None:
    async def world(simulation: Simulation) -> list[str]:
        network = Network(simulation)
        arrived = arrivals(network, "cal.com", simulation)
        for number in range(5):
            network.send("gateway", "cal.com", str(number))
            network.send("other", "cal.com", "x")
        await asyncio.sleep(5)
        return [label for _, label in arrived if label != "x"]

    assert value_of(world, Uniform(seed)) == list("01234")


def test_messages_of_two_wires_may_overtake_each_other() -> None:
    async def world(simulation: Simulation) -> list[str]:
        network = Network(simulation)
        arrived = arrivals(network, "cal.com", simulation)
        network.send("a", "cal.com", "first")
        network.send("b", "cal.com", "second")
        await asyncio.sleep(5)
        return [label for _, label in arrived]

    assert value_of(world, FromList([1])) == ["second", "first"]


def test_each_fate_does_what_its_name_says() -> None:
    async def world(simulation: Simulation) -> list[tuple[float, str]]:
        network = Network(simulation)
        network.rules += [
            Match(Drop(), label="drop"),
            Match(Delay(3), label="delay"),
            Match(Duplicate(2), label="twice"),
            Match(Reset(), label="reset"),
        ]
        arrived = arrivals(network, "cal.com", simulation)
        for label in ("drop", "delay", "twice"):
            network.send("gateway", "cal.com", label)
        with pytest.raises(ConnectionResetError, match="reset"):
            network.send("gateway", "cal.com", "reset")
        await asyncio.sleep(10)
        return arrived

    assert value_of(world) == [(0.0, "twice"), (2.0, "twice"), (3.0, "delay")]


def test_a_partition_loses_messages_both_ways_until_it_is_repaired() -> None:
    async def world(simulation: Simulation) -> list[str]:
        network = Network(simulation)
        arrived = arrivals(network, "cal.com", simulation)
        network.partition("cal.com", "gateway")
        network.send("gateway", "cal.com", "lost")
        network.send("other", "cal.com", "unharmed")
        network.repair("gateway", "cal.com")
        network.send("gateway", "cal.com", "after")
        await asyncio.sleep(5)
        return sorted(label for _, label in arrived)

    assert value_of(world) == ["after", "unharmed"]


def test_a_message_to_a_crashed_node_is_lost_and_one_on_the_wire_survives_its_sender() -> None:
    async def world(simulation: Simulation) -> list[str]:
        network = Network(simulation)
        arrived = arrivals(network, "cal.com", simulation)
        sender, receiver = simulation.node("sender"), simulation.node("receiver")
        lost: list[str] = []
        receiver.run(lambda: network.listen("receiver", lambda message: lost.append(message.label)))
        sender.run(lambda: network.send("sender", "cal.com", "last words"))
        sender.run(lambda: network.send("sender", "receiver", "to the dead"))
        sender.crash()
        receiver.crash()
        await asyncio.sleep(5)
        return [label for _, label in arrived] + lost

    assert value_of(world) == ["last words"]


def test_a_mailbox_hands_messages_out_in_order() -> None:
    async def world(simulation: Simulation) -> list[Any]:
        network = Network(simulation)
        mailbox = Mailbox(network, "cal.com")
        for number in range(3):
            network.send("gateway", "cal.com", "n", number)
        return [(await mailbox.get()).payload for _ in range(3)]

    assert value_of(world) == [0, 1, 2]


def test_a_rule_that_applies_sometimes_is_a_choice_that_replays() -> None:
    async def world(simulation: Simulation) -> int:
        rule = Sometimes(Match(Drop()), "drop", 0.5, simulation.choices.chance)
        return sum(judge([rule], POST) == Drop() for _ in range(8))

    assert value_of(world, Plain()) == 0
    assert value_of(world, FromList([1] * 8)) == 8
    assert 0 < value_of(world, Uniform(1)) < 8
