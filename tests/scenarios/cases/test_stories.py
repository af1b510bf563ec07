"""What stories are made of: each has an end for every profile worth telling, and shows what its title says."""

from __future__ import annotations

from dataclasses import replace

from scenarios.cases import generations, public_issues, stories
from scenarios.cases.story import End, told_by
from scenarios.registry import find, scenarios
from scenarios.replay import replay
from scenarios.scenario import Settings
from scenarios.theatre import Theatre

EVERY = [*stories.stories(), *generations.stories(), *public_issues.stories()]


def test_every_story_can_be_found_by_its_id_and_has_ends() -> None:
    known = scenarios()

    assert all(story.id in known and story.ends for story in EVERY)
    assert len({story.id for story in EVERY}) == len(EVERY)


def test_a_cached_slot_list_offers_what_is_gone_and_nobody_is_told_a_falsehood() -> None:
    with Theatre() as theatre:
        one = replay(theatre, find("slots-cached"), Settings("hardened"))

    assert "2025-10-10T09:00:00+02:00" in one.seen.availability[1]["starts"]
    assert one.as_expected


def test_a_story_that_states_the_wrong_end_is_objected_to() -> None:
    (story,) = [story for story in EVERY if story.id == "one-caller"]
    wrong = told_by(replace(story, ends=(End("hardened", ("unavailable",), ()),)))

    with Theatre() as theatre:
        one = replay(theatre, wrong, Settings("hardened"))

    assert "1 appointments (1), expected 0" in one.objections
    assert "call 1 was told booked, expected unavailable" in one.objections
