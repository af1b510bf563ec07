"""What the matrix asks and what it gets back: questions and cells, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations
from typing import Any

from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity
from booking_core.storage.engines import SqliteMode
from scenarios.scenario import MEMORY, Settings

Layers = tuple[int, ...]
"""A subset of the layers, ascending."""

ALL: Layers = tuple(int(layer) for layer in Layer)
SERVERS = ("postgres", "mariadb")
PROFILE = "hardened"  # one pipeline and resolution: what differs between two cells of a row is the layers alone


class CellVerdict(StrEnum):
    """Proved covers the bound that the cell names and nothing beyond it."""

    PROVED = "proved"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Question:
    """One cell to be filled. `mode` is a SQLite mode or a server's name, `database` memory or the server's URL."""

    scenario: str
    layers: Layers
    identity: str
    mode: str
    database: str = MEMORY

    @property
    def settings(self) -> Settings:
        """The settings of `slotproof replay` and `explore` that ask the same."""
        settings = Settings(
            PROFILE,
            identity=AttendeeIdentity(self.identity),
            without=frozenset(layer for layer in Layer if int(layer) not in self.layers),
            database=self.database,
        )
        return settings if self.mode in SERVERS else replace(settings, sqlite_mode=SqliteMode(self.mode))


@dataclass(slots=True)
class Tally:
    """In how many of the cell's runs each thing was seen."""

    runs: int = 0
    duplicates: int = 0
    lost_links: int = 0
    falsehoods: int = 0
    false_rejections: int = 0
    ghosts: int = 0
    correct: int = 0


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A run that breaks a promise, as small as it was made, and whether running it again came to the same.

    `answers` and `seed` are the scheduler's (no answers: plain order), `deviates` says what is off plain order,
    `story` has the lanes, steps and tables of a report.
    """

    answers: tuple[int, ...]
    seed: int
    deviates: str
    digest: str
    replays: bool
    story: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell: `reason` says what is broken (or why nothing is proved), `command` shows it again."""

    question: Question
    verdict: CellVerdict
    bound: str
    reason: str
    command: str
    tally: Tally = field(default_factory=Tally)
    searched: bool = False  # whether schedules were searched and none broke anything: a harder look still may
    preemptions: int | None = None  # the bound up to which every schedule was run
    schedules: int = 0  # how many were, up to that bound or to the counterexample
    inert: Layers = ()  # layers that only look at the answer and decided nothing in any of the cell's schedules
    same_as: Layers | None = None  # the subset whose schedules these are, one for one
    counterexample: Counterexample | None = None


def every_subset() -> list[Layers]:
    """The sixteen subsets, small ones first."""
    return [subset for size in range(len(ALL) + 1) for subset in combinations(ALL, size)]


def name_of(layers: Layers) -> str:
    """A subset in words."""
    return "none" if not layers else "+".join(map(str, layers))
