"""The catalogue: every row against the real layers, in every profile; and a canary that must fail."""

from __future__ import annotations

import pytest

from booking_core.domain.outcomes import Verdict
from booking_core.migrations.schema import schema_template_bytes
from scenarios.cases.catalogue import SETTINGS, canary, layer_cases
from scenarios.cases.layer_case import LayerCase, run_case

CASES = [case for table in layer_cases().values() for case in table]


@pytest.fixture(scope="module")
def schema() -> bytes:
    return schema_template_bytes()


def judged(case: LayerCase, settings: str, schema: bytes) -> dict[int, Verdict]:
    said = run_case(case, settings, schema)
    return {layer: said[layer].verdict for layer in case.says}


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_layer_says_what_the_row_says(case: LayerCase, settings: str, schema: bytes) -> None:
    said = judged(case, settings, schema)

    assert said == case.expected(settings)


def test_there_are_ten_cases_a_layer_ten_of_many_and_fifteen_edges() -> None:
    sizes = {name: len(table) for name, table in layer_cases().items()}

    assert sizes == {"layer_1": 10, "layer_2": 10, "layer_3": 10, "layer_4": 10, "many_layers": 10, "edges": 15}
    assert len({case.id for case in CASES}) == len(CASES)


def test_the_canary_fails(schema: bytes) -> None:
    said = judged(canary(), "recommended", schema)

    assert said != canary().expected("recommended")


def test_a_skew_beyond_the_tolerated_one_is_marked_suspicious(schema: bytes) -> None:
    (beyond,) = [case for case in CASES if case.id == "skew-beyond-it-passes-and-is-suspicious"]
    (at,) = [case for case in CASES if case.id == "skew-at-the-tolerated-120-s"]

    assert run_case(beyond, "recommended", schema)[1].suspicious
    assert not run_case(at, "recommended", schema)[1].suspicious
