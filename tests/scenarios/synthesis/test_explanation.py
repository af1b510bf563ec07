"""An explanation says of every circumstance what was tried: what is needed, what would do as well, what matters not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booking_core.domain.commands import Entry
from booking_core.profiles import AttendeeIdentity
from scenarios.synthesis.hypotheses import Hypothesis, Kind, other_skews, skews
from scenarios.synthesis.report import document, lines
from scenarios.synthesis.search import FACTORS, INNOCENT, SEEDS, Circumstance, Explanation, Search, Synthesis
from scenarios.theatre import Theatre
from tests.scenarios.synthesis.logs import one_ghost, one_ordinary_call, one_refusal

INNOCENT_ONE = Hypothesis(0.0, AttendeeIdentity.PER_CALL, Kind.PLAIN, "hardened", Entry.COLLECT)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.fixture(scope="module")
def ordinary(theatre: Theatre) -> Synthesis:
    return Search(theatre, one_ordinary_call()).run()


def explained(*circumstances: Circumstance, seeds: tuple[int, ...] = tuple(range(SEEDS))) -> Synthesis:
    explanation = Explanation(INNOCENT_ONE, circumstances, seeds)
    return Synthesis(one_ordinary_call(), 1, (INNOCENT_ONE,), explanation, INNOCENT_ONE, ())


def test_an_ordinary_booking_needs_nothing_but_innocent_circumstances(ordinary: Synthesis) -> None:
    assert ordinary.explanation is not None
    assert ordinary.explanation.smallest == INNOCENT_ONE
    assert {factor: getattr(INNOCENT_ONE, factor) for factor in FACTORS} == INNOCENT


def test_a_factor_of_which_some_values_match_names_them_and_those_that_do_not(ordinary: Synthesis) -> None:
    told = list(lines(ordinary))

    assert "  event type: plain, or round robin" in told
    assert "    else (needs confirmation) call 687 would have been told pending, logged is booked" in told
    assert "  profile: hardened, or recommended" in told
    assert [line.strip().split(":")[0] for line in told if "does not matter" in line] == [
        "entry path",
        "what was not logged does not matter",
    ]


def test_the_json_tells_needed_narrowed_and_indifferent_apart(ordinary: Synthesis) -> None:
    values = document(ordinary)

    assert set(values["needed"]) == {"skew_s", "identity"}
    assert values["narrowed"]["kind"] == {
        "values": (Kind.PLAIN, Kind.ROUND_ROBIN),
        "otherwise": {"needs confirmation": "call 687 would have been told pending, logged is booked"},
    }
    assert set(values["narrowed"]) == {"kind", "profile"}
    assert values["does_not_matter"] == {"entry": (Entry.COLLECT, Entry.AFTER_CALL)}


def test_equal_clocks_are_needed_only_because_others_were_tried(ordinary: Synthesis) -> None:
    told = "\n".join(lines(ordinary))

    assert "the rows allow that Cal.com's clock was more than -0.498 and up to 0.502 s ahead of the gateway's" in told
    assert "else (Cal.com's clock 0.498 s behind the gateway's) appointment 642 would have created_at 09:04:55Z" in told
    assert (
        "else (Cal.com's clock 1.502 s ahead of the gateway's) appointment 642 would have created_at 09:04:53Z" in told
    )


def test_clocks_of_which_no_row_tells_are_tried_apart_and_do_not_matter(theatre: Theatre) -> None:
    found = Search(theatre, one_refusal()).run()

    assert found.explanation is not None
    clocks = found.explanation.circumstances[FACTORS.index("skew_s")]
    assert (clocks.value, clocks.others_match, clocks.otherwise) == (0.0, (-31.0, 31.0), ())
    assert not any(one.is_needed for one in found.explanation.circumstances)
    told = "\n".join(lines(found))
    assert "  clocks: does not matter (both clocks alike; Cal.com's clock 31 s behind the gateway's; " in told


def test_what_was_not_varied_is_neither_needed_nor_indifferent() -> None:
    alone = Circumstance("kind", Kind.PLAIN, others_match=(), otherwise=())

    assert not alone.is_needed
    assert not alone.does_not_matter


def test_every_factor_is_varied(ordinary: Synthesis) -> None:
    assert ordinary.explanation is not None
    for one in ordinary.explanation.circumstances:
        assert one.others_match or one.otherwise, one.factor


def test_where_no_row_shows_a_booking_the_wish_that_made_it_hints_at_the_skew(theatre: Theatre) -> None:
    logged = one_ghost()

    assert logged.skews_s() is None
    assert skews(logged) == (0.0, -31.0)
    assert other_skews(logged) == (-31.0, 31.0)
    found = Search(theatre, logged).run()
    assert found.explanation is not None
    assert found.explanation.smallest == Hypothesis(
        -31.0, AttendeeIdentity.PER_CALL, Kind.PLAIN, "deployed", Entry.AFTER_CALL
    )
    told = "\n".join(lines(found))
    assert "  clocks: Cal.com's clock 31 s behind the gateway's" in told
    assert "else (both clocks alike) call 687 would have been told booked, logged is error" in told


@pytest.mark.parametrize(
    ("seeds", "told"),
    [
        ((0, 1, 2, 3, 4), "  what was not logged does not matter: 5 of 5 seeds match"),
        ((0, 3), "  what was not logged matters: 2 of 5 seeds match (0, 3)"),
    ],
)
def test_what_was_not_logged_does_not_matter_only_when_every_seed_matches(seeds: tuple[int, ...], told: str) -> None:
    assert list(lines(explained(seeds=seeds)))[-1] == told
