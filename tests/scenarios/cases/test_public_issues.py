"""Cal.com's public issues: each has its rows, they happen as it tells, and no date of Cal.com is left unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fake_calcom.generations import KNOWN
from scenarios.cases import public_issues
from scenarios.cases.story import Story, told_by
from scenarios.errors import PerformanceFailedError
from scenarios.observation import Observation
from scenarios.replay import Replay, replay
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre

ISSUES = ("19889", "13397", "5820", "29968", "10789", "23938", "21589", "21710")  # SPEC.md 4 names these
ROWS = {story.id: story for story in public_issues.stories()}
DATES = [generation.name for generation in KNOWN]
UNDATED = [story for story in ROWS.values() if "-at-" not in story.id]
DATED = [story for story in ROWS.values() if "-at-" in story.id]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


def hardened(theatre: Theatre, story_id: str) -> Replay:
    return replay(theatre, told_by(ROWS[story_id]), Settings("hardened"))


def grumbles(theatre: Theatre, scenario: Scenario, settings: Settings) -> bool:
    """Tell whether a replay objects: to how it ended, or to what Cal.com did meanwhile."""
    try:
        return bool(replay(theatre, scenario, settings).objections)
    except PerformanceFailedError as error:
        return "can be held" in str(error)


def at_calcom(seen: Observation) -> list[tuple[str, str, str]]:
    """Start, host and status of each booking that our callers made."""
    ours = (booking for booking in seen.bookings if "call_id" in booking["metadata"])
    return sorted((b["start"][11:16], b["hosts"][0]["name"], b["status"]) for b in ours)


@pytest.mark.parametrize("number", ISSUES)
def test_every_issue_has_a_row_of_its_own_with_an_end_for_hardened(number: str) -> None:
    rows = [story for name, story in ROWS.items() if name.startswith(f"calcom-{number}")]

    assert rows
    assert all(any(end.profile == "hardened" for end in story.ends) for story in rows)
    assert all(f"#{number}" in story.title for story in rows)


@pytest.mark.parametrize("story", UNDATED, ids=lambda story: story.id)
def test_a_date_of_cal_com_without_a_row_ends_as_the_row_without_a_date(theatre: Theatre, story: Story) -> None:
    told_elsewhere = {name.removeprefix(f"{story.id}-at-") for name in ROWS if name.startswith(f"{story.id}-at-")}
    silent = [date for date in DATES if date not in told_elsewhere]

    for date in silent:
        scenario = told_by(replace(story, generation=date))
        for case in scenario.cases:
            one = replay(theatre, scenario, case.settings)
            assert one.objections == [], f"{story.id} at {date}, {case.settings.profile}: {one.objections}"


@pytest.mark.parametrize("story", DATED, ids=lambda story: story.id)
def test_a_dated_row_does_not_end_so_without_its_date(theatre: Theatre, story: Story) -> None:
    undated = told_by(replace(story, generation=None))

    assert any(grumbles(theatre, undated, case.settings) for case in undated.cases)


def test_29968_both_of_one_host_are_confirmed_for_one_time(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-29968")

    assert at_calcom(one.seen) == [("07:00", "Beratung Berlin", "accepted")] * 2


def test_10789_both_wait_for_one_time(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-10789")

    assert at_calcom(one.seen) == [("07:00", "Beratung Berlin", "pending")] * 2


@pytest.mark.parametrize("story_id", ["calcom-13397", "calcom-5820"])
def test_whoever_loses_the_race_was_past_the_check_and_meets_the_key(theatre: Theatre, story_id: str) -> None:
    one = hardened(theatre, story_id)

    refusals = [moment.detail for moment in one.seen.moments if moment.what.startswith("refuses with")]
    assert refusals == ["booking_conflict_error"] * (len(ROWS[story_id].callers) - 1)


def test_13397_bookings_that_merely_overlap_both_get_in(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-13397-overlap")

    assert [start for start, _, status in at_calcom(one.seen) if status == "accepted"] == ["07:00", "07:05"]


def test_5820_three_get_one_time_when_the_key_is_over_the_e_mails(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-5820-at-2024-02")

    assert at_calcom(one.seen) == [("07:00", "Beratung Berlin", "accepted")] * 3


def test_21710_the_host_who_handed_over_is_booked_again(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-21710")

    assert [host for _, host, _ in at_calcom(one.seen)] == ["Beratung Berlin", "Zweite Beraterin"]


@pytest.mark.parametrize("date", ["2025-05-01", "2025-05-22"])
def test_21710_before_22065_the_refused_time_is_not_offered_again(theatre: Theatre, date: str) -> None:
    one = hardened(theatre, f"calcom-21710-at-{date}")

    refusals = [moment.detail for moment in one.seen.moments if moment.what.startswith("refuses with")]
    offered = one.seen.responses[-1].alternatives
    assert set(refusals) == {"booking_conflict_error"}
    assert offered
    assert not any("T09:00" in start for start in offered)


def test_21589_the_time_that_was_left_is_booked_by_another(theatre: Theatre) -> None:
    one = hardened(theatre, "calcom-21589")

    assert [(start, status) for start, _, status in at_calcom(one.seen)] == [
        ("07:00", "accepted"),
        ("07:00", "cancelled"),
        ("07:15", "accepted"),
    ]


def test_19889_a_month_of_conflicts_is_told_as_what_it_was(theatre: Theatre) -> None:
    one = replay(theatre, told_by(ROWS["calcom-19889-at-2024-02"]), Settings("recommended"))

    refusals = [moment.detail for moment in one.seen.moments if moment.what.startswith("refuses with")]
    assert refusals == ["booking_conflict_error"]
    assert one.as_expected


def test_a_row_that_counts_bookings_wrong_is_objected_to(theatre: Theatre) -> None:
    story = ROWS["calcom-29968"]
    wrong = told_by(replace(story, ends=tuple(replace(end, accepted=7) for end in story.ends)))

    one = replay(theatre, wrong, Settings("hardened"))

    assert one.objections == ["Cal.com has accepted 2 bookings of these calls, expected 7"]
