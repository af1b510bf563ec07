"""Uniform random walk: every answer alike, from one seed, with one stream of numbers per subsystem."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from simulator.schedulers.protocol import draw

if TYPE_CHECKING:
    from simulator.schedulers.protocol import Question


class Uniform:
    """Draws each answer. A new question on one stream shifts no answer on another."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sources: dict[str, Random] = {}

    def choose(self, question: Question) -> int:
        """Draw an answer from the stream's own numbers."""
        source = self._sources.get(question.stream)
        if source is None:
            source = self._sources[question.stream] = Random(f"{self._seed}/uniform/{question.stream}")
        return draw(source, question)
