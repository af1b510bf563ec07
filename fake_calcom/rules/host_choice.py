"""Which host a team booking gets, and how it fails when some or all are busy.

Source: Cal.com, handleNewBooking (available users, lucky users) and getLuckyUser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fake_calcom.state.entities import SchedulingType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fake_calcom.state.entities import EventType, Host


class NobodyFreeError(Exception):
    """You get it when no host at all is free: Cal.com answers 400."""


class SomeBusyError(Exception):
    """You get it when a host who must take part is busy while another is free: Cal.com's unmapped 500."""


class Chosen(NamedTuple):
    """The organizer, and the other hosts who take part (they become attendees)."""

    organizer_id: int
    others: tuple[int, ...] = ()


def choose_hosts(
    event_type: EventType, is_free: Callable[[int], bool], last_turn: Callable[[int], tuple[int, int]]
) -> Chosen:
    """Return who hosts; NobodyFreeError or SomeBusyError otherwise.

    `is_free` tells of a user whether they could take the booking; `last_turn` when they last got one, and
    as the how-manieth of all, so that equal instants keep their order.
    """
    if event_type.owner_id is not None:
        if not is_free(event_type.owner_id):
            raise NobodyFreeError
        return Chosen(event_type.owner_id)
    free = [host for host in event_type.hosts if is_free(host.user_id)]
    if not free:
        raise NobodyFreeError
    is_collective = event_type.scheduling_type is SchedulingType.COLLECTIVE
    required = [h.user_id for h in event_type.hosts if h.is_fixed or is_collective]
    if any(user_id not in {h.user_id for h in free} for user_id in required):
        raise SomeBusyError
    taking_turns = () if is_collective else _one_of_each_group(event_type.hosts, free, last_turn)
    everyone = (*required, *taking_turns)
    return Chosen(everyone[0], everyone[1:])


def _one_of_each_group(
    hosts: Iterable[Host], free: Iterable[Host], last_turn: Callable[[int], tuple[int, int]]
) -> tuple[int, ...]:
    groups = dict.fromkeys(h.group for h in hosts if not h.is_fixed)
    chosen: list[int] = []
    for group in groups:
        pool = [h for h in free if not h.is_fixed and h.group == group and h.user_id not in chosen]
        if not pool:
            raise SomeBusyError
        chosen.append(next_in_turn(pool, last_turn).user_id)
    return tuple(chosen)


def next_in_turn(pool: Iterable[Host], last_turn: Callable[[int], tuple[int, int]]) -> Host:
    """Return the host of the highest priority who was booked least recently (never booked comes first)."""
    return min(pool, key=lambda host: (-host.priority, last_turn(host.user_id)))
