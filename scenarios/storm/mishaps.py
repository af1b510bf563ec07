"""The mishaps that matter, each by its name: what a seed of a storm reaches by chance happens here for certain.

Each is a program of a few acts in a storm's world, judged as every storm is; only the order of I/O is left to explore.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenarios.storm.faults import TO_CALCOM
from scenarios.storm.program import LINES, Act, Program, ProgramScript
from scenarios.storm.settings import StormSettings, settings_from_context
from scenarios.storm.storm import Storm, StormRun
from scenarios.theatre import Theatre
from simulator.adapters.http_faults import DelayRequest, DelayResponse, Fate, LoseResponse
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult

KIND = "mishap"
IO_OF_THE_INSERT = 30  # of a booking's 38: Cal.com has committed from the 19th on, the gateway with the 38th
CRASH_AT = "crash-at-"
_BOOK = Act("book")
_TAKES_AND_GIVES_UP = (Act("wait", amount=5), Act("book", who=1), Act("wait", amount=17), Act("cancel", who=1))
_ONE_CALLER = StormSettings(callers=1)


@dataclass(frozen=True, slots=True)
class Mishap:
    """A program with a name."""

    name: str
    title: str
    program: Program


def mishaps() -> dict[str, Mishap]:
    """Every mishap by its name."""
    every = (
        Mishap("reply-lost", "Cal.com commits, and its reply never arrives", _one(_breaks(LoseResponse()), _BOOK)),
        Mishap(
            "retry-overtakes",
            "the first request is held up for 25 seconds and arrives after the second one",
            _one(_breaks(DelayRequest(25.0)), _BOOK),
        ),
        Mishap(
            "create-after-refusal",
            "a held-up request books the time, free again, after its caller was told that it is taken",
            Program(branches=((_breaks(DelayRequest(25.0)), _BOOK), _TAKES_AND_GIVES_UP)),
        ),
        Mishap(
            "webhook-before-reply",
            "Cal.com's webhook arrives before its reply to the booking",
            _one(_breaks(DelayResponse(12.0)), _BOOK),
        ),
        Mishap("crash-after-commit", "the gateway dies between Cal.com's commit and its own", crash(IO_OF_THE_INSERT)),
        Mishap("skew-plus-120", "Cal.com's clock is 120 seconds ahead", _two_callers(120.0)),
        Mishap("skew-minus-120", "Cal.com's clock is 120 seconds behind", _two_callers(-120.0)),
    )
    return {mishap.name: mishap for mishap in every}


def find_mishap(name: str) -> Mishap | None:
    """The mishap of that name; `crash-at-30` dies before the gateway's 30th I/O."""
    number = name.removeprefix(CRASH_AT)
    if name.startswith(CRASH_AT) and number.isascii() and number.isdigit():
        return Mishap(name, f"the gateway dies before its I/O number {number}", crash(int(number)))
    return mishaps().get(name)


def crash(io_number: int) -> Program:
    """One caller books, and the gateway dies just before its I/O of that number."""
    return _one(Act("crash", amount=io_number), _BOOK)


class MishapWorld:
    """A mishap under one set of settings: an `Explorable`."""

    def __init__(self, theatre: Theatre, mishap: Mishap, settings: StormSettings) -> None:
        self._mishap = mishap
        self._settings = replace(settings, callers=_ONE_CALLER.callers)
        self._storm = Storm(theatre, self._settings)
        self.id = mishap.name

    @classmethod
    def of_context(cls, theatre: Theatre, context: Mapping[str, Any]) -> MishapWorld:
        """From what a recording says."""
        mishap = find_mishap(str(context["scenario"]))
        if mishap is None:
            raise LookupError(f"no mishap {context['scenario']!r}")
        return cls(theatre, mishap, settings_from_context(context))

    @property
    def context(self) -> dict[str, Any]:
        """The mishap's name and the settings."""
        return {**self._settings.to_context(), "kind": KIND, "scenario": self.id}

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""
        return self.watch(scheduler, seed).result

    def watch(self, scheduler: Scheduler, seed: int) -> StormRun:
        """The same, with what was observed."""
        return self._storm.play(ProgramScript(self._mishap.program), scheduler, seed)

    def evidence(self, result: RunResult) -> dict[str, Any]:
        """How the run ended."""
        return {"verdict": str(result.verdict), "reached": sorted(result.reached)}


def _one(*acts: Act) -> Program:
    return Program(prefix=acts)


def _two_callers(skew_s: float) -> Program:
    return Program(branches=((_BOOK,), (Act("book", who=1),)), calcom_skew_s=skew_s)


def _breaks(fate: Fate) -> Act:
    """The next message to Cal.com meets this fate."""
    return Act("break", who=LINES.index("to Cal.com"), amount=TO_CALCOM.index(fate))
