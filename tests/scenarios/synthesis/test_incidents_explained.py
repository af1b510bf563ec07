"""Both incidents are explained from their rows and log lines alone, and the search is not fooled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity
from scenarios.cli.synthesize_command import kept
from scenarios.synthesis.hypotheses import Hypothesis, Kind, skews
from scenarios.synthesis.log_file import read_logged
from scenarios.synthesis.logged import Logged
from scenarios.synthesis.report import document, lines
from scenarios.synthesis.search import Search, Synthesis
from scenarios.theatre import Theatre


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.fixture(scope="module", params=["A", "B"])
def found(request: pytest.FixtureRequest, theatre: Theatre) -> tuple[str, Synthesis]:
    return request.param, Search(theatre, read_logged(kept(request.param))).run()


def needed(synthesis: Synthesis) -> set[str]:
    assert synthesis.explanation is not None
    return {one.factor for one in synthesis.explanation.circumstances if one.is_needed}


def test_the_smallest_explanation_is_the_recorded_one(found: tuple[str, Synthesis]) -> None:
    name, synthesis = found
    profile = {"A": "unprotected", "B": "deployed"}[name]

    assert synthesis.explanation is not None
    assert synthesis.explanation.smallest == Hypothesis(
        27.0, AttendeeIdentity.SHARED, Kind.ROUND_ROBIN, profile, Entry.COLLECT
    )
    assert synthesis.explanation.seeds_match == (0, 1, 2, 3, 4)


def test_every_needed_circumstance_is_named_with_what_would_have_come_otherwise(found: tuple[str, Synthesis]) -> None:
    name, synthesis = found
    told = "\n".join(lines(synthesis))

    assert needed(synthesis) == {"skew_s", "identity", "kind", "profile"} | ({"entry"} if name == "B" else set())
    assert "Cal.com's clock 27 s ahead of the gateway's" in told
    assert "one e-mail address shared by all callers" in told
    assert "event type: round robin" in told
    expected = {
        "A": "else (both clocks alike) appointment 642 would have created_at 09:05:21Z, logged is 09:04:54Z",
        "B": "else (booked after the call (create_from_call)) call 766 would have been told error, logged is booked",
    }
    assert expected[name] in told


def test_the_json_says_the_same(found: tuple[str, Synthesis]) -> None:
    _, synthesis = found

    values = json.loads(json.dumps(document(synthesis)))

    assert values["smallest"]["identity"] == "shared"
    assert values["smallest"]["kind"] == "round robin"
    assert set(values["needed"]) == needed(synthesis)
    assert values["smallest"] in values["matching"]


def test_the_rows_bound_the_skew() -> None:
    low, high = read_logged(kept("B")).skews_s() or (0.0, 0.0)

    assert (round(low, 3), round(high, 3)) == (26.185, 27.002)  # 682's row from below, 687's from above
    assert skews(read_logged(kept("B"))) == (0.0, 27.0)


def test_rows_that_contradict_each_other_allow_no_skew() -> None:
    logged = read_logged(kept("A"))
    late = replace(logged.appointments[0], call_id=688, calcom_v2_booking_id="other")
    other = replace(logged.bookings[0], uid="other", call_id=logged.call(688).retell_call_id)
    far = replace(other, createdAt=other.createdAt.replace(hour=3))
    contradicting = replace(logged, appointments=(logged.appointments[0], late), bookings=(logged.bookings[0], far))

    assert contradicting.skews_s() is None
    assert skews(contradicting) == (0.0,)


def test_a_log_that_nothing_explains_has_no_explanation(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = read_logged(kept("A"))
    impossible = replace(logged, appointments=(logged.appointments[0],) * 3)

    synthesis = search_few(theatre, impossible, monkeypatch)

    assert synthesis.explanation is None
    told = "\n".join(lines(synthesis))
    assert "no explanation; the nearest:" in told
    assert "logged are 3" in told


def search_few(theatre: Theatre, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> Synthesis:
    """The search over two hypotheses only: this one is about its end, not its width."""
    few = [
        Hypothesis(27.0, AttendeeIdentity.SHARED, Kind.ROUND_ROBIN, "unprotected", Entry.COLLECT),
        Hypothesis(27.0, AttendeeIdentity.PER_CALL, Kind.ROUND_ROBIN, "hardened", Entry.COLLECT),
    ]
    monkeypatch.setattr("scenarios.synthesis.search.hypotheses", lambda _: few)
    return Search(theatre, logged).run()
