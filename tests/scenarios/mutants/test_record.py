"""What the verdict on a replay rests on: the recorded ages, and that a known bug comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from booking_core.domain.commands import Entry
from booking_core.profiles import Promise
from scenarios.judging import objections
from scenarios.observation import Observation
from scenarios.registry import find
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


def performed(theatre: Theatre, settings: Settings) -> tuple[Scenario, Observation]:
    scenario = find("687-688")
    return scenario, theatre.perform(scenario, settings).seen


def test_the_age_of_the_record_is_held_against_the_replay(theatre: Theatre) -> None:
    settings = Settings("recommended")
    scenario, seen = performed(theatre, settings)

    seen.layers = [replace(w, age_seconds=w.age_seconds + 17) if w.age_seconds else w for w in seen.layers]

    assert objections(scenario, settings, seen) == ["the answer to call 688 was 2,057.998 s old, recorded 2,040.998 s"]


def test_a_bug_that_does_not_come_back_is_an_objection(theatre: Theatre) -> None:
    settings = Settings("deployed", entry=Entry.AFTER_CALL)
    scenario, seen = performed(theatre, settings)

    for row in seen.calls:
        row["appointment_id"] = 642

    assert f"{Promise.NO_LOST_LINK}: expected to be broken here, and it held" in objections(scenario, settings, seen)
