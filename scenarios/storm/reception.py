"""The reception as if it served one request at a time: what each answer claims, and which calendars it fits.

A claim that fits several calendars leads to all of them: a state is the set of calendars that are possible by now.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from simulator.history import Operation


class Says(StrEnum):
    """What an answer claims. `END` is nobody's answer: the rows that are left."""

    HOLDS = "the call holds the time now"
    FINDS = "the call's appointment was moved, and is found where it is"
    MAY_HOLD = "the call may have held the time for a while"
    HAS_ONE = "the customer has an appointment already"
    TAKEN = "somebody else has the time"
    GIVEN_UP = "the customer's appointment is cancelled"
    MOVED = "the customer's appointment is at the time now"
    MAY_MOVE = "the customer's appointment may have been moved to the time"
    HAS_NONE = "the customer has no appointment"
    END = "these are the appointments that are left"


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer. `is_busy`: Cal.com held the time for another call meanwhile. `left`: every (slot, call) at the end.

    `found_at`: where the answer says that the appointment is, when that is not the time that was wanted.
    """

    says: Says
    call: str = ""
    phone: str = ""
    slot: str | None = None
    appointment_id: int | None = None
    is_busy: bool = False
    found_at: str | None = None
    left: frozenset[tuple[str, str]] = frozenset()


class Entry(NamedTuple):
    """One appointment; its id is None while no answer has named it."""

    slot: str
    call: str
    phone: str
    id: int | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Who has which time, and which appointments were cancelled."""

    entries: frozenset[Entry] = frozenset()
    cancelled: frozenset[int] = frozenset()

    def meant(self, claim: Claim) -> list[Entry]:
        """The customer's appointments that the claim may be about."""
        own = [entry for entry in self.entries if entry.phone == claim.phone]
        return [entry for entry in own if None in (entry.id, claim.appointment_id) or entry.id == claim.appointment_id]

    def at(self, slot: str | None) -> list[Entry]:
        """Who has that time."""
        return [entry for entry in self.entries if entry.slot == slot]

    def without(self, entry: Entry) -> frozenset[Entry]:
        """The other entries."""
        return self.entries - {entry}


class Reception:
    """The model: one calendar with one host. `argument` of each operation is a `Claim`."""

    initial: Hashable = frozenset({Calendar()})

    def apply(self, state: Hashable, operation: Operation) -> tuple[bool, Hashable]:
        """The calendars that are possible after the claim; it does not fit when there is none."""
        assert isinstance(state, frozenset)
        claim: Claim = operation.argument
        after = frozenset(following for calendar in state for following in _after(calendar, claim))
        return bool(after), after


def _after(calendar: Calendar, claim: Claim) -> Iterator[Calendar]:
    match claim.says:
        case Says.HOLDS:
            yield from _held(calendar, claim)
        case Says.MAY_HOLD:
            yield calendar
            yield from _held(calendar, claim)
        case Says.GIVEN_UP:
            yield from _given_up(calendar, claim)
        case Says.MOVED:
            yield from _moved(calendar, claim)
        case Says.MAY_MOVE:
            yield calendar
            yield from _moved(calendar, claim)
        case _ if _fits(calendar, claim):
            yield calendar


def _fits(calendar: Calendar, claim: Claim) -> bool:
    """Whether a claim that changes nothing is true."""
    match claim.says:
        case Says.TAKEN:
            return claim.is_busy or any(entry.call != claim.call for entry in calendar.at(claim.slot))
        case Says.HAS_ONE:
            return bool(calendar.meant(claim))
        case Says.FINDS:
            return any(entry.slot == claim.found_at for entry in calendar.meant(claim))
        case Says.HAS_NONE:
            return not calendar.meant(claim)
        case _:
            return {(entry.slot, entry.call) for entry in calendar.entries} == claim.left


def _held(calendar: Calendar, claim: Claim) -> Iterator[Calendar]:
    there = calendar.at(claim.slot)
    if claim.slot is not None and all(entry.call == claim.call for entry in there):
        entry = Entry(claim.slot, claim.call, claim.phone, claim.appointment_id)
        yield Calendar(calendar.entries.difference(there) | {entry}, calendar.cancelled - {claim.appointment_id})


def _given_up(calendar: Calendar, claim: Claim) -> Iterator[Calendar]:
    if claim.appointment_id in calendar.cancelled:
        yield calendar
    for entry in calendar.meant(claim):
        ids = (entry.id, claim.appointment_id)
        yield Calendar(calendar.without(entry), calendar.cancelled.union(each for each in ids if each is not None))


def _moved(calendar: Calendar, claim: Claim) -> Iterator[Calendar]:
    for entry in calendar.meant(claim):
        if claim.slot is not None and all(other == entry for other in calendar.at(claim.slot)):
            there = entry._replace(slot=claim.slot, id=entry.id or claim.appointment_id)
            yield replace(calendar, entries=calendar.without(entry) | {there})
