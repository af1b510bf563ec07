"""The matrix on real servers: what is sequential holds or replays there, and a race is never called proved."""

from __future__ import annotations

import pytest

from scenarios.matrix.cells import CellVerdict, Question
from scenarios.matrix.measure import Effort, fill
from scenarios.theatre import Theatre

pytestmark = pytest.mark.server_database


@pytest.mark.parametrize("mode", ["postgres", "mariadb"])
def test_on_a_server_a_no_replays_and_a_race_is_never_called_proved(mode: str, request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue(f"{mode}_url")
    asked = [("687-688", ()), ("687-688", (2,)), ("two-callers", (1, 2, 3, 4))]

    with Theatre() as theatre:
        unprotected, protected, race = (
            fill(theatre, Question(scenario, layers, "shared", mode, url), Effort()) for scenario, layers in asked
        )

    assert (unprotected.verdict, protected.verdict) == (CellVerdict.VIOLATED, CellVerdict.PROVED)
    assert unprotected.counterexample is not None
    assert unprotected.counterexample.replays
    assert unprotected.counterexample.deviates == "the server's own order"
    assert race.verdict is not CellVerdict.PROVED
