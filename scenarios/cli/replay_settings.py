"""What the words of `slotproof replay` mean: which scenarios, with which settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, profiles
from booking_core.storage.engines import SqliteMode
from scenarios.databases import check_database
from scenarios.errors import UsageError
from scenarios.registry import UnknownScenarioError, find, recorded
from scenarios.scenario import Scenario, Settings

LARGEST_SKEW_S = 86_400.0  # a day: beyond it the recorded order of the calls itself would turn over

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options as written; None where the user left it to the scenario."""

    profile: str | None
    entry: str | None
    identity: str | None
    without: tuple[int, ...]
    skew: float | None
    seed: int
    database: str = "memory"
    sqlite_mode: str | None = None

    @property
    def change_the_case(self) -> bool:
        """Whether any option asks for something else than the stated cases."""
        return any((self.profile, self.entry, self.identity, self.without))


def plan(what: str, wishes: Wishes) -> list[tuple[Scenario, list[Settings]]]:
    """Each scenario with the settings to play it with; UsageError for a word that means nothing."""
    chosen = list(recorded().values()) if what == "all" else [_found(what)]
    settings = checked(wishes)
    return [(scenario, _settings(scenario, wishes, settings)) for scenario in chosen]


def single(what: str, wishes: Wishes) -> tuple[Scenario, Settings]:
    """One scenario with one set of settings; UsageError for a word that means nothing."""
    return _found(what), checked(wishes)


def _found(scenario_id: str) -> Scenario:
    try:
        return find(scenario_id)
    except UnknownScenarioError as unknown:
        raise UsageError(str(unknown)) from None


def _settings(scenario: Scenario, wishes: Wishes, given: Settings) -> list[Settings]:
    stated = [
        replace(
            case.settings,
            skew_s=given.skew_s,
            seed=given.seed,
            database=given.database,
            sqlite_mode=given.sqlite_mode,
        )
        for case in scenario.cases
    ]
    if not wishes.change_the_case:
        return stated
    if wishes.profile is not None:
        return [given]
    varied = [_varied(settings, wishes, given) for settings in stated]
    return list(dict.fromkeys(varied))


def _varied(settings: Settings, wishes: Wishes, given: Settings) -> Settings:
    """The stated case with the options that were given."""
    return replace(
        settings,
        entry=settings.entry if wishes.entry is None else given.entry,
        identity=settings.identity if wishes.identity is None else given.identity,
        without=given.without if wishes.without else settings.without,
    )


def checked(wishes: Wishes) -> Settings:
    """The settings that the options mean; UsageError for a word that means nothing."""
    known = profiles()
    if wishes.profile is not None and wishes.profile not in known:
        raise UsageError(f"--profile {wishes.profile}: expected one of {', '.join(known)}")
    for number in wishes.without:
        if number not in set(Layer):
            raise UsageError(f"--without {number}: expected a layer, 1 to 4")
    if wishes.skew is not None and not (math.isfinite(wishes.skew) and abs(wishes.skew) <= LARGEST_SKEW_S):
        raise UsageError(f"--skew {wishes.skew:g}: expected seconds from -{LARGEST_SKEW_S:g} to {LARGEST_SKEW_S:g}")
    check_database(wishes.database)
    settings = Settings(
        profile=wishes.profile or "hardened",
        entry=Entry.COLLECT if wishes.entry is None else _choice(Entry, "--entry", wishes.entry),
        identity=None if wishes.identity is None else _choice(AttendeeIdentity, "--identity", wishes.identity),
        without=frozenset(Layer(number) for number in wishes.without),
        skew_s=wishes.skew,
        seed=wishes.seed,
        database=wishes.database,
        sqlite_mode=_choice(SqliteMode, "--sqlite-mode", wishes.sqlite_mode or SqliteMode.IMMEDIATE),
    )
    if wishes.sqlite_mode is not None and settings.on_server:
        raise UsageError("--sqlite-mode: expected only with --database memory or file:PATH")
    return settings


def _choice(kind: type[Choice], option: str, value: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"{option} {value}: expected one of {', '.join(kind)}") from None
