"""Whose turn it is: weights, priority, least recent booking; each told on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.rules.host_choice import SomeBusyError, Turns, choose_hosts, next_in_turn
from fake_calcom.state.entities import EventType, Host, SchedulingType

if TYPE_CHECKING:
    from collections.abc import Sequence


def shared_by(*hosts: Host, uses_weights: bool = True) -> EventType:
    kind = SchedulingType.ROUND_ROBIN
    return EventType(1, "T", None, 1, "t", "T", 60, scheduling_type=kind, hosts=tuple(hosts), uses_weights=uses_weights)


def turns(had: dict[int, int], last: dict[int, int] | None = None) -> Turns:
    return Turns(lambda user: ((last or {}).get(user, 0), 0), lambda user: had.get(user, 0))


def test_who_lacks_most_of_their_share_is_next() -> None:
    # Cal.com's own example: one, two and three bookings at weights 200, 100, 100 leave 2, -0.5 and -1.5 to their share.
    kind = shared_by(Host(1, weight=200), Host(2), Host(3))
    had = turns({1: 1, 2: 2, 3: 3})

    assert next_in_turn(kind, kind.hosts, had).user_id == 1
    assert next_in_turn(kind, kind.hosts[1:], had).user_id == 2


def test_of_equals_the_heavier_is_next_then_the_higher_priority_then_who_waited_longest() -> None:
    heavy = shared_by(Host(1), Host(2, weight=300))
    high = shared_by(Host(1, priority=1), Host(2, priority=3))
    equal = shared_by(Host(1), Host(2))

    assert next_in_turn(heavy, heavy.hosts, turns({})).user_id == 2
    assert next_in_turn(high, high.hosts, turns({})).user_id == 2
    assert next_in_turn(equal, equal.hosts, turns({}, last={1: 50, 2: 40})).user_id == 2


def test_weights_come_before_priority_and_count_only_where_they_are_used() -> None:
    hosts = (Host(1, weight=100, priority=4), Host(2, weight=300, priority=0))

    assert next_in_turn(shared_by(*hosts), hosts, turns({})).user_id == 2
    assert next_in_turn(shared_by(*hosts, uses_weights=False), hosts, turns({})).user_id == 1


def test_bookings_of_a_host_who_is_not_free_count_for_the_shares_of_the_others() -> None:
    kind = shared_by(Host(1), Host(2, weight=200), Host(3, weight=100))
    had = turns({1: 10, 2: 4, 3: 1})  # shares of fifteen: 3.75, 7.5, 3.75

    assert next_in_turn(kind, kind.hosts[1:], had).user_id == 2  # lacks 3.5, the other 2.75
    assert next_in_turn(kind, kind.hosts[1:], turns({2: 4, 3: 1})).user_id == 3  # without the first's: -1.5 and 0.25


def test_each_group_weighs_its_own_hosts() -> None:
    kind = shared_by(Host(1, group="a"), Host(2, group="a", weight=300), Host(3, group="b"), Host(4, group="b"))

    chosen = choose_hosts(kind, lambda _: True, turns({2: 9, 3: 1}))

    assert (chosen.organizer_id, chosen.others) == (1, (4,))


def test_hosts_without_any_weight_end_in_the_unmapped_error_and_a_lone_host_is_never_weighed() -> None:
    kind = shared_by(Host(1, weight=0), Host(2, weight=0))

    with pytest.raises(SomeBusyError):
        next_in_turn(kind, kind.hosts, turns({}))
    assert next_in_turn(kind, kind.hosts[:1], turns({})).user_id == 1


@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.integers(1, 120))
def test_over_many_bookings_each_host_gets_their_share(weights: Sequence[int], bookings: int) -> None:
    hosts = tuple(Host(number, weight=weight) for number, weight in enumerate(weights))
    kind, had = shared_by(*hosts), dict.fromkeys(range(len(weights)), 0)

    for _ in range(bookings):
        had[next_in_turn(kind, hosts, turns(had)).user_id] += 1

    total = sum(weights)
    assert all(abs(had[host.user_id] - bookings * host.weight / total) <= len(hosts) for host in hosts)
