"""The catalogue of layer cases: all tables, and the canary that must fail."""

from __future__ import annotations

from booking_core.domain.outcomes import Verdict
from scenarios.cases import edges, layer_1, layer_2, layer_3, layer_4, many_layers
from scenarios.cases.layer_case import LayerCase

SETTINGS = ("recommended", "hardened", "strict")


def layer_cases() -> dict[str, list[LayerCase]]:
    """Every table by its name."""
    tables = (layer_1, layer_2, layer_3, layer_4, many_layers, edges)
    return {table.__name__.rpartition(".")[2]: table.cases() for table in tables}


def canary() -> LayerCase:
    """A row that says the opposite of the truth: a runner that lets it pass sees nothing."""
    return LayerCase("canary", {1: Verdict.FRESH}, age_s=35)
