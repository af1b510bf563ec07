"""Clocks that disagree, from -120 s to +120 s: what a caller hears in every profile that checks freshness."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booking_core.domain.commands import Entry
from scenarios.registry import find
from scenarios.replay import Replay, replay
from scenarios.scenario import Settings
from scenarios.theatre import Theatre

SKEWS_S = [*range(-120, 121, 20), -32, -31, -30, -29, 27]  # Cal.com's clock ahead of the gateway's
THRESHOLD_S = 30


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


def one_caller(theatre: Theatre, profile: str, skew_s: float) -> Replay:
    return replay(theatre, find("one-caller"), Settings(profile, Entry.AFTER_CALL, skew_s=skew_s))


@pytest.mark.parametrize("skew_s", SKEWS_S)
@pytest.mark.parametrize("profile", ["recommended", "hardened"])
def test_who_resolves_books_at_every_skew(theatre: Theatre, profile: str, skew_s: float) -> None:
    one = one_caller(theatre, profile, skew_s)

    (answer,) = one.seen.responses
    assert one.as_expected
    assert answer.status == ("recovered" if -skew_s > THRESHOLD_S else "booked")
    assert len(one.seen.appointments) == 1


@pytest.mark.parametrize("skew_s", SKEWS_S)
def test_layer_1_without_resolution_rejects_everything_from_31_seconds_on(theatre: Theatre, skew_s: float) -> None:
    one = one_caller(theatre, "deployed", skew_s)

    (answer,) = one.seen.responses
    ghost = bool(one.seen.bookings[1:]) and not one.seen.appointments  # the first booking is the preloaded one
    assert (answer.status, ghost) == (("error", True) if -skew_s > THRESHOLD_S else ("booked", False))
