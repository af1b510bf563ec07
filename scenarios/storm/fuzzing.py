"""Fuzzing with Hypothesis: a state machine writes programs, another strategy writes parallel ones; both are shrunk.

A failure is the smallest program with the smallest list of scheduling answers that Hypothesis finds. It is kept in a
database of these settings (a folder in `.slotproof/examples`), whose failures are tried first the next time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from scenarios.report.json_report import facts
from scenarios.storm.program import LINES, Act, Program, ProgramScript, program_from_json
from scenarios.storm.settings import StormSettings, settings_from_context
from scenarios.storm.storm import LIMITS, Storm, StormRun
from scenarios.theatre import Theatre
from simulator.checker import Verdict
from simulator.schedulers.from_list import FromList
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult

EXAMPLES = Path(".slotproof/examples")
SKEWS_S = (0.0, 27.0, -31.0, 31.0, 120.0, -120.0)
KIND = "program"
_STEPS_MAX = 12
_BRANCHES_MAX = 3
_ANSWERS_MAX = 200

_LIMITS = replace(LIMITS, choice_points_min=0)  # a program may be sequential altogether

Answers = list[int]


class ProgramFailedError(AssertionError):
    """A program's run is not valid. Hypothesis raises the smallest one it found."""

    def __init__(self, program: Program, result: RunResult) -> None:
        super().__init__(f"{result.verdict}: {result.reason}")
        self.program = program
        self.result = result


class ProgramWorld:
    """A program in a storm's world: what a recording of a fuzzer's finding names."""

    id = KIND

    def __init__(self, storm: Storm, program: Program) -> None:
        self._storm = storm
        self._program = program

    @classmethod
    def of_context(cls, theatre: Theatre, context: Mapping[str, Any]) -> ProgramWorld:
        """From what a recording says."""
        return cls(Storm(theatre, settings_from_context(context)), program_from_json(context["program"]))

    @property
    def context(self) -> dict[str, Any]:
        """The storm's settings and the program."""
        return self._storm.settings.to_context() | {"kind": KIND, "program": self._program.to_json()}

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""
        return self._watch(scheduler, seed).result

    def evidence(self, result: RunResult) -> dict[str, Any]:
        """The rows and answers at the end; the run is repeated to see them."""
        answers = FromList([decision.chosen for decision in result.decisions])
        return {"observed": facts(self._watch(answers, result.seed).seen)}

    def _watch(self, scheduler: Scheduler, seed: int) -> StormRun:
        return self._storm.play(ProgramScript(self._program), scheduler, seed, _LIMITS)


def check(storm: Storm, program: Program, answers: Answers) -> None:
    """Run it; ProgramFailedError unless it is valid."""
    result = ProgramWorld(storm, program).run(FromList(answers), seed=0)
    if result.verdict is not Verdict.VALID:
        raise ProgramFailedError(program, result)


def answers() -> st.SearchStrategy[Answers]:
    """The scheduler's answers; beyond the list, plain order."""
    return st.lists(st.integers(0, 7), max_size=_ANSWERS_MAX)


def acts() -> st.SearchStrategy[Act]:
    """Any act; bookings are the most frequent."""
    who, gateway = st.integers(0, 2), st.integers(0, 1)
    book = st.builds(Act, st.just("book"), who, st.integers(0, 1), gateway, late=st.booleans(), has_email=st.booleans())
    change = st.builds(Act, st.sampled_from(["cancel", "reschedule"]), who, gateway=gateway)
    wait = st.builds(Act, st.just("wait"), amount=st.sampled_from([1, 31, 61]))
    jump = st.builds(Act, st.just("jump"), gateway=gateway, amount=st.sampled_from([-120, -31, 31, 120]))
    crash = st.builds(Act, st.just("crash"), gateway=gateway, amount=st.integers(1, 60))
    broken = st.builds(Act, st.just("break"), st.integers(0, len(LINES) - 1), amount=st.integers(0, 9))
    return st.one_of(book, book, change, wait, jump, crash, broken)


def programs() -> st.SearchStrategy[Program]:
    """Parallel programs: a sequential prefix, then two or three branches at once."""
    branch = st.lists(acts(), min_size=1, max_size=4).map(tuple)
    return st.builds(
        Program,
        st.lists(acts(), max_size=4).map(tuple),
        st.lists(branch, min_size=2, max_size=_BRANCHES_MAX).map(tuple),
        st.sampled_from(SKEWS_S),
    )


def machine_of(storm: Storm) -> type[RuleBasedStateMachine]:
    """The sequential machine: its rules write the program, its end runs and judges it."""

    class Reception(RuleBasedStateMachine):
        """Somebody calls, calls again, something breaks, time passes."""

        def __init__(self) -> None:
            super().__init__()
            self.acts: list[Act] = []
            self.order: Answers = []
            self.skew_s = 0.0

        @initialize(order=answers(), skew_s=st.sampled_from(SKEWS_S))
        def opens(self, order: Answers, skew_s: float) -> None:
            """The order in which things will happen, and Cal.com's clock."""
            self.order, self.skew_s = order, skew_s

        @rule(act=acts().filter(lambda act: act.kind not in {"cancel", "reschedule"}))
        def does(self, act: Act) -> None:
            """A booking, or something that happens to the system."""
            self.acts.append(act)

        @precondition(lambda self: any(act.kind == "book" for act in self.acts))
        @rule(who=st.integers(0, 2), kind=st.sampled_from(["cancel", "reschedule"]))
        def changes(self, who: int, kind: str) -> None:
            """Somebody calls again."""
            self.acts.append(Act(kind, who))

        def teardown(self) -> None:
            """Run what was written."""
            if self.acts:
                check(storm, Program(tuple(self.acts), calcom_skew_s=self.skew_s), self.order)

    return Reception


def fuzz_sequentially(
    storm: Storm, examples: int, folder: Path | None = EXAMPLES, *, always_the_same: bool = False
) -> None:
    """So many programs of the state machine; ProgramFailedError with the smallest failing one."""
    chosen = settings(
        _settings(storm, examples, folder, always_the_same=always_the_same), stateful_step_count=_STEPS_MAX
    )
    run_state_machine_as_test(machine_of(storm), settings=chosen)


def fuzz_in_parallel(
    storm: Storm, examples: int, folder: Path | None = EXAMPLES, *, always_the_same: bool = False
) -> None:
    """So many parallel programs; ProgramFailedError with the smallest failing one."""

    @_settings(storm, examples, folder, always_the_same=always_the_same)
    @given(program=programs(), order=answers())
    def holds(program: Program, order: Answers) -> None:
        check(storm, program, order)

    holds()


def find_failure(
    fuzz: Callable[[Storm, int, Path | None], None], storm: Storm, examples: int, folder: Path | None = EXAMPLES
) -> ProgramFailedError | None:
    """The smallest failing program, or None when all of them held."""
    try:
        fuzz(storm, examples, folder)
    except ProgramFailedError as failed:
        return failed
    return None


def _settings(storm: Storm, examples: int, folder: Path | None, *, always_the_same: bool) -> settings:
    """Named one by one, whatever Hypothesis would do by itself: where `CI` is set, it repeats the same programs.

    `always_the_same` goes with no folder: what is repeated anyway needs none.
    """
    return settings(
        max_examples=examples,
        derandomize=always_the_same,
        deadline=None,  # the simulator bounds runs in virtual time
        database=None if folder is None else DirectoryBasedExampleDatabase(folder / _name_of(storm.settings)),
        phases=(Phase.reuse, Phase.generate, Phase.shrink),  # to explain a failure, it traces hundreds of runs
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )


def _name_of(chosen: StormSettings) -> str:
    """A name of their own for each: Hypothesis forgets a failure that holds, as it may under other settings."""
    context = json.dumps(chosen.to_context(), sort_keys=True)
    return f"{chosen.profile}-{blake2b(context.encode(), digest_size=8).hexdigest()}"
