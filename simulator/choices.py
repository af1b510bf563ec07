"""The one source of every decision of a run: labelled, recorded, and split into streams."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from simulator.errors import SchedulerError
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import SCHEDULE, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.schedulers.protocol import Scheduler
    from simulator.trace import Trace


class Decision(NamedTuple):
    """One question with more than one answer, and the answer it got."""

    stream: str
    label: str
    n: int
    chosen: int
    options: tuple[str, ...] = ()
    preempts: bool = False
    """Whether it put off a step that could have gone on."""

    @property
    def option(self) -> str:
        """What was chosen, in words."""
        return self.options[self.chosen] if self.options else str(self.chosen)


class Choices:
    """Puts every question to the scheduler, records the answers, and hands out seeded entropy.

    Two kinds of chance are kept apart. A *decision* (`choose`, `chance`) is recorded, replayed, shrunk
    and enumerated. *Entropy* (`random`) is what the code under test draws for identifiers and jitter:
    it depends on the seed and the stream's name alone.
    """

    def __init__(self, scheduler: Scheduler, seed: int = 0, trace: Trace | None = None) -> None:
        self._scheduler = scheduler
        self._trace = trace
        self._sources: dict[str, Random] = {}
        self.seed = seed
        self.recorded: list[Decision] = []
        self.failure: BaseException | None = None
        """What the scheduler raised. The loop raises it again: a task might swallow it."""

    def choose(self, n: int, label: str, options: Sequence[str] = (), stream: str = "schedule") -> int:
        """Decide: 0..n-1, where 0 is what production would most likely do."""
        if n < 1 or (options and len(options) != n):
            msg = f"choose({label!r}): {n} answers with {len(options)} options"
            raise ValueError(msg)
        return self.ask(Question(stream, label, n, tuple(options)))

    def chance(self, label: str, odds: float, stream: str) -> bool:
        """Decide whether something unusual happens; `odds` holds in random runs only."""
        return self.ask(Question(stream, label, 2, ("no", "yes"), odds=odds)) == 1

    def ask(self, question: Question) -> int:
        """Decide a question put in full, as the loop does."""
        chosen = self._answer(question)
        if question.n > 1:
            preempts = 0 < question.continues <= chosen
            decision = Decision(question.stream, question.label, question.n, chosen, question.options, preempts)
            self.recorded.append(decision)
            if self._trace is not None:
                self._trace.add("choice", f"{question.label} {chosen}/{question.n} {decision.option}")
        return chosen

    def random(self, stream: str) -> Random:
        """The seeded entropy of one stream. Drawing from one never shifts another."""
        source = self._sources.get(stream)
        if source is None:
            source = self._sources[stream] = Random(f"{self.seed}/entropy/{stream}")
        return source

    def settle(self) -> None:
        """Answer in plain order from now on: clean-up belongs to no schedule."""
        self._scheduler = Plain()

    @property
    def schedule_points(self) -> int:
        """How many recorded decisions chose what runs next."""
        return sum(decision.stream == SCHEDULE for decision in self.recorded)

    def _answer(self, question: Question) -> int:
        try:
            chosen = self._scheduler.choose(question)
        except BaseException as failure:  # noqa: BLE001 - Hypothesis raises BaseException; the loop raises it again
            self.failure = failure
            self.settle()
            return 0
        if not 0 <= chosen < question.n:
            msg = f"{type(self._scheduler).__name__} answered {chosen} to {question.label!r} of {question.n}"
            raise SchedulerError(msg)
        return chosen
