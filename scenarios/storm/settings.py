"""What a storm is about: the profile under test and how much happens at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, Profile, profiles
from booking_core.storage.engines import SqliteMode

CALLERS_MAX = 12
KIND = "storm"  # what a recording's context calls this kind of world


@dataclass(frozen=True, slots=True)
class StormSettings:
    """The settings of every seed of a campaign. `calm` leaves all faults out, so that only orders vary."""

    profile: str = "hardened"
    identity: AttendeeIdentity | None = None  # None: the profile's own
    without: frozenset[Layer] = frozenset()
    callers: int = 4
    sqlite_mode: SqliteMode = SqliteMode.IMMEDIATE
    calm: bool = False

    def effective_profile(self) -> Profile:
        """The profile with identity and layers as set."""
        profile = profiles()[self.profile].without(*self.without)
        return profile if self.identity is None else profile.with_identity(self.identity)

    def to_context(self) -> dict[str, Any]:
        """What a recording must know to raise the same storm, as JSON values."""
        return {
            "kind": KIND,
            "profile": self.profile,
            "identity": None if self.identity is None else str(self.identity),
            "without": sorted(int(layer) for layer in self.without),
            "callers": self.callers,
            "sqlite_mode": str(self.sqlite_mode),
            "calm": self.calm,
        }


def settings_from_context(context: Mapping[str, Any]) -> StormSettings:
    """The settings that a context names; LookupError, ValueError or TypeError when they are none of ours."""
    settings = StormSettings(
        profile=str(context["profile"]),
        identity=None if context["identity"] is None else AttendeeIdentity(context["identity"]),
        without=frozenset(Layer(number) for number in context["without"]),
        callers=int(context["callers"]),
        sqlite_mode=SqliteMode(context["sqlite_mode"]),
        calm=bool(context["calm"]),
    )
    settings.effective_profile()
    return settings
