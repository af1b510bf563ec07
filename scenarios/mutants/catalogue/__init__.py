"""The planted bugs, one file for each part of the program."""

from __future__ import annotations

from scenarios.mutants.catalogue import (
    attempts,
    bookkeeping,
    doubts,
    engine,
    fake,
    judges,
    layers,
    resolution,
    storage,
    storms,
)
from scenarios.mutants.mutant import Mutant


def mutants() -> tuple[Mutant, ...]:
    """All of them."""
    parts = (layers, resolution, attempts, doubts, bookkeeping, storage, fake, judges, engine, storms)
    return tuple(mutant for part in parts for mutant in part.mutants())
