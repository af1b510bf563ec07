"""Which host a team booking gets, and how it fails when some or all are busy.

Source: Cal.com, handleNewBooking (available users, lucky users) and getLuckyUser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fake_calcom.state.entities import SchedulingType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fake_calcom.state.entities import EventType, Host


class NobodyFreeError(Exception):
    """You get it when no host at all is free: Cal.com answers 400."""


class SomeBusyError(Exception):
    """You get it when a host who must take part is busy while another is free: Cal.com's unmapped 500.

    Hosts who share no weight at all, so that nobody can be next, end the same way.
    """


class Chosen(NamedTuple):
    """The organizer, and the other hosts who take part (they become attendees)."""

    organizer_id: int
    others: tuple[int, ...] = ()


class Turns(NamedTuple):
    """What a user has had so far of an event type.

    `last` is when they last got a booking, and as the how-manieth of all, so that equal instants keep their
    order; `this_month` how many they got since the month began (in UTC), which only weights ask for.
    """

    last: Callable[[int], tuple[int, int]]
    this_month: Callable[[int], int]


def choose_hosts(event_type: EventType, is_free: Callable[[int], bool], turns: Turns) -> Chosen:
    """Return who hosts; NobodyFreeError or SomeBusyError otherwise.

    `is_free` tells of a user whether they could take the booking.
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
    taking_turns = () if is_collective else _one_of_each_group(event_type, free, turns)
    everyone = (*required, *taking_turns)
    return Chosen(everyone[0], everyone[1:])


def _one_of_each_group(event_type: EventType, free: Iterable[Host], turns: Turns) -> tuple[int, ...]:
    groups = dict.fromkeys(h.group for h in event_type.hosts if not h.is_fixed)
    chosen: list[int] = []
    for group in groups:
        pool = [h for h in free if not h.is_fixed and h.group == group and h.user_id not in chosen]
        if not pool:
            raise SomeBusyError
        chosen.append(next_in_turn(event_type, pool, turns).user_id)
    return tuple(chosen)


def next_in_turn(event_type: EventType, pool: Sequence[Host], turns: Turns) -> Host:
    """Return whose turn it is of a group's hosts who are free.

    Weights decide first, where the event type uses them; then the highest priority; then who was booked
    least recently, the never booked before all.
    """
    if event_type.uses_weights and len(pool) > 1:
        group = [h for h in event_type.hosts if not h.is_fixed and h.group == pool[0].group]
        pool = _furthest_behind(pool, group, turns.this_month)
    return min(pool, key=lambda host: (-host.priority, turns.last(host.user_id)))


def _furthest_behind(pool: Sequence[Host], group: Sequence[Host], had: Callable[[int], int]) -> list[Host]:
    """Return the hosts who lack most of their share of the month's bookings; of equals, those of most weight."""
    bookings, weights = sum(had(host.user_id) for host in group), sum(host.weight for host in group)
    if weights == 0:
        raise SomeBusyError
    lacks = {host.user_id: bookings * (host.weight / weights) - had(host.user_id) for host in pool}
    furthest = [host for host in pool if lacks[host.user_id] == max(lacks.values())]
    heaviest = max(host.weight for host in furthest)
    return [host for host in furthest if host.weight == heaviest]
