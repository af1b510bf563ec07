"""Profiles: the same code with different settings, so that a replay can show before and after.

`unprotected`  no layer, no unique key, one shared e-mail: how appointment 643 came about.
`deployed`     what ran from 2025-10-06 12:03: all layers after the call, Layers 3 and 4 during it, nobody resolves.
`recommended`  one pipeline for both entries, four layers, resolution; no attempts, reconciliation or breaker.
`hardened`     all of it, and an attendee of its own for every call (the default).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer


class AttendeeIdentity(StrEnum):
    """Who a caller without an e-mail is to Cal.com."""

    SHARED = "shared"  # everybody is `termin@…`: the cause of both incidents
    PER_CALL = "per_call"  # `termin+<call_id>@…`
    PER_CUSTOMER = "per_customer"  # `termin+customer-<id>@…`


class ResolutionPolicy(StrEnum):
    """What happens to an answer that a layer turned down."""

    NONE = "none"  # the caller hears an error
    FOUND_ROW = "found_row"  # a row that Layer 3 found is handed back as if it had been booked now
    FULL = "full"  # find out whose booking it is, then tell the truth


class Promise(StrEnum):
    """What a profile vouches for, whatever Cal.com answers."""

    NO_DUPLICATE = "no duplicate"
    NO_LOST_LINK = "no lost link"
    NO_FALSEHOOD = "no falsehood"


ALL_LAYERS = frozenset(Layer)


@dataclass(frozen=True, slots=True)
class Defences:
    """Settings of the layers. Seconds are seconds of wall-clock time."""

    threshold_s: float = 30.0  # a second request of one call comes within seconds, a repeat from another call does not
    tolerated_skew_s: float = 120.0  # further in the future than this is logged as suspicious
    strict: bool = False  # an answer without createdAt or metadata.call_id is turned down instead of passed
    compare_attendee: bool = False  # Layer 2 compares the attendee when metadata.call_id is missing


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of settings of the core."""

    name: str
    layers: Mapping[Entry, frozenset[Layer]]
    unique_key: bool
    identity: AttendeeIdentity
    resolution: ResolutionPolicy
    links_calls: bool  # whether calls.appointment_id is ever written
    attempts: bool
    reconciliation: bool
    breaker: bool
    notifies: bool  # whether the outbox is filled for callers who get no mail from Cal.com
    promises: frozenset[Promise]
    defences: Defences = field(default_factory=Defences)

    def without(self, *layers: Layer) -> Profile:
        """The same profile with some layers switched off on both entries; without Layer 4 the unique key is gone."""
        off = frozenset(layers)
        kept = {entry: active - off for entry, active in self.layers.items()}
        return replace(self, layers=kept, unique_key=self.unique_key and Layer.UNIQUE_BOOKING not in off)

    def with_identity(self, identity: AttendeeIdentity) -> Profile:
        """The same profile with another attendee identity."""
        return replace(self, identity=identity)


def _both(layers: frozenset[Layer]) -> dict[Entry, frozenset[Layer]]:
    return dict.fromkeys(Entry, layers)


def profiles() -> dict[str, Profile]:
    """Every profile by its name, in the order of their history."""
    unprotected = Profile(
        name="unprotected",
        layers=_both(frozenset()),
        unique_key=False,
        identity=AttendeeIdentity.SHARED,
        resolution=ResolutionPolicy.NONE,
        links_calls=False,
        attempts=False,
        reconciliation=False,
        breaker=False,
        notifies=False,
        promises=frozenset(),
    )
    deployed = replace(
        unprotected,
        name="deployed",
        layers={
            Entry.COLLECT: frozenset({Layer.EXISTING_APPOINTMENT, Layer.UNIQUE_BOOKING}),
            Entry.AFTER_CALL: ALL_LAYERS,
        },
        unique_key=True,
        resolution=ResolutionPolicy.FOUND_ROW,
        promises=frozenset({Promise.NO_DUPLICATE}),
    )
    recommended = replace(
        deployed,
        name="recommended",
        layers=_both(ALL_LAYERS),
        resolution=ResolutionPolicy.FULL,
        links_calls=True,
        promises=frozenset(Promise),
    )
    hardened = replace(
        recommended,
        name="hardened",
        identity=AttendeeIdentity.PER_CALL,
        attempts=True,
        reconciliation=True,
        breaker=True,
        notifies=True,
        defences=Defences(compare_attendee=True),
    )
    return {profile.name: profile for profile in (unprotected, deployed, recommended, hardened)}
