"""One run: the real code, one seed, one interleaving, one verdict. The main flow of the simulator."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from simulator.checker import Finding, Verdict, check_all, worst
from simulator.choices import Choices
from simulator.cleanup import clean_up
from simulator.clock import VirtualTime, WallClock
from simulator.errors import (
    BackgroundError,
    FenceError,
    HangError,
    HarnessError,
    NoChoicePointError,
    PrunedError,
)
from simulator.fences import fenced
from simulator.history import History
from simulator.limits import Limits
from simulator.loop import SimulationLoop
from simulator.node import Node
from simulator.tasks import is_frozen
from simulator.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from simulator.checker import Checker
    from simulator.choices import Decision
    from simulator.coverage import Touch
    from simulator.schedulers.protocol import Scheduler
    from simulator.trace import Event


class Environment(Protocol):
    """What an adapter sets up for the time of a run: given the simulation, a context manager.

    Environments are entered before the fences go up, in order, and left after they are down.
    """

    def __call__(self, simulation: Simulation, /) -> AbstractContextManager[object]:
        """Set up for this simulation."""
        ...


DEFAULT_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday morning: the wall clock's start unless the run says otherwise."""


class _RealTime:
    """Real functions kept in a class: clock freezers replace module attributes, the stopwatch's too."""

    perf_counter = staticmethod(time.perf_counter)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of one run.

    `error` is what stopped the run or made it worthless; `verdict` is UNKNOWN then, unless the error
    is itself the finding (a failed assertion, a hang).
    """

    seed: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    error: BaseException | None
    value: Any
    """What the world returned."""
    digest: str
    steps: int
    choice_points: int
    virtual_s: float
    wall_s: float
    history: History
    decisions: tuple[Decision, ...]
    events: tuple[Event, ...] = field(repr=False, default=())
    touches: tuple[Touch, ...] = field(repr=False, default=())
    """What the I/Os touched, in order (see `simulator.coverage`)."""
    restricted: bool = False
    """Whether `Limits.candidates_max` or `io_horizon_s` ruled out an order of I/Os: a proof must say so."""
    reached: frozenset[str] = frozenset()
    """The goals the run reached."""

    @property
    def reason(self) -> str:
        """Why the verdict is not VALID; empty when it is."""
        lines = [] if self.error is None else [f"{type(self.error).__name__}: {self.error}"]
        lines += [str(finding) for finding in self.findings if finding.verdict is not Verdict.VALID]
        return "\n".join(lines)

    @property
    def pruned(self) -> bool:
        """Whether an explorer ended the run because it had seen an equivalent one."""
        return isinstance(self.error, PrunedError)


class Simulation:
    """Everything of one run: loop, choices, clock, trace, history and nodes.

    `world` is the program under test: it is called with the simulation, starts nodes and callers, and
    ends when the run is over. Then the checkers judge the history. `run()` may be called once.
    """

    def __init__(
        self,
        world: Callable[[Simulation], Awaitable[Any]],
        *,
        scheduler: Scheduler,
        seed: int = 0,
        start: datetime = DEFAULT_START,
        limits: Limits | None = None,
        environment: Sequence[Environment] = (),
        checkers: Sequence[Checker] = (),
    ) -> None:
        self.seed = seed
        self.limits = limits or Limits()
        self._world = world
        self._environment = environment
        self._checkers = tuple(checkers)
        time_of_run = VirtualTime()
        self.clock = WallClock(start, time_of_run)
        self.trace = Trace(time_of_run, self.limits.trace_events_max)
        self.choices = Choices(scheduler, seed, self.trace)
        self.loop = SimulationLoop(self.choices, trace=self.trace, limits=self.limits, time=time_of_run)
        self.history = History(time_of_run, self.trace)
        self.nodes: dict[str, Node] = {}
        self._reached: set[str] = set()
        self._breaches: list[FenceError] = []
        self._background: list[str] = []
        self._is_over = False
        self._value: Any = None

    def node(self, name: str, skew_s: float = 0.0) -> Node:
        """A new node. Names are unique in a run."""
        if name in self.nodes:
            msg = f"node {name!r} exists already in this run"
            raise ValueError(msg)
        node = self.nodes[name] = Node(name, self.loop, skew_s)
        return node

    def reach(self, goal: str) -> None:
        """Note that the run got somewhere a campaign must get to at least once."""
        self._reached.add(goal)

    def breach(self, message: str) -> FenceError:
        """Remember that a fence was touched: the run is void even when the code swallows the error."""
        error = FenceError(message)
        self._breaches.append(error)
        self.trace.add("fence", message)
        return error

    def run(self) -> RunResult:
        """Run the world to its end and judge it. Raises only what a foreign scheduler raised.

        Call it from plain code: it runs a loop of its own.
        """
        _assert_no_loop_runs()
        started = _RealTime.perf_counter()
        error = self._drive()
        findings, error = self._judge(error)
        return RunResult(
            seed=self.seed,
            verdict=_verdict(findings, error),
            findings=findings,
            error=error,
            value=self._value,
            digest=self.trace.digest,
            steps=self._steps,
            choice_points=len(self._decisions),
            virtual_s=self._virtual_s,
            wall_s=_RealTime.perf_counter() - started,
            history=self.history,
            decisions=self._decisions,
            events=tuple(self.trace.events),
            touches=self._touches,
            restricted=self.loop.restricted,
            reached=frozenset(self._reached),
        )

    def _drive(self) -> BaseException | None:
        """Run the world inside its environment and the fences, then clean up there."""
        collecting = gc.isenabled()
        with ExitStack() as stack:
            for environment in self._environment:
                stack.enter_context(environment(self))
            stack.enter_context(fenced(self))
            gc.disable()  # finalizers would run wherever the allocator happens to stand
            asyncio.set_event_loop(self.loop)
            self.loop.set_exception_handler(self._note_background)
            try:
                error = self._run_world()
                self._close_the_books()
                clean_up(self.loop)
                gc.collect(0)
            finally:
                asyncio.set_event_loop(None)
                if collecting:
                    gc.enable()
        return error

    def _run_world(self) -> BaseException | None:
        try:
            self._value = self.loop.run_until_complete(self._enter_world())
        except Exception as error:  # noqa: BLE001 - whatever the world raises is a result
            return error
        except BaseException as error:
            if error is not self.choices.failure:
                raise
            clean_up(self.loop)
            raise
        return None

    async def _enter_world(self) -> Any:
        return await self._world(self)

    def _close_the_books(self) -> None:
        self._is_over = True
        self.trace.seal()
        self._decisions = tuple(self.choices.recorded)
        self._touches = tuple(self.loop.touches)
        self._steps = self.loop.steps
        self._virtual_s = self.loop.time()

    def _judge(self, error: BaseException | None) -> tuple[tuple[Finding, ...], BaseException | None]:
        if self._breaches:
            return (), self._breaches[0]
        if error is not None:
            return (), error
        if self._background:
            return (), BackgroundError("\n".join(self._background))
        if len(self._decisions) < self.limits.choice_points_min:
            msg = (
                f"the run asked for {len(self._decisions)} choices, fewer than choice_points_min = "
                f"{self.limits.choice_points_min}: is the I/O on the simulated loop?"
            )
            return (), NoChoicePointError(msg)
        try:
            return tuple(check_all(self._checkers, self.history)), None
        except HarnessError as broken:
            return (), broken

    def _note_background(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The loop's exception handler: an error that nobody sees must not look like a pass."""
        error = context.get("exception")
        task = context.get("task", context.get("future"))
        if isinstance(task, asyncio.Task) and is_frozen(task):
            return  # its node crashed before anyone could look
        if error is None and self._is_over:
            return  # complaints about what clean-up cut off, as unclosed connections of crashed nodes
        self._background.append(f"{context['message']}: {error!r}" if error else str(context["message"]))


def _assert_no_loop_runs() -> None:
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return
    msg = f"Simulation.run() inside {running!r}: call it from plain code, it runs a loop of its own"
    raise RuntimeError(msg)


def _verdict(findings: tuple[Finding, ...], error: BaseException | None) -> Verdict:
    if error is None:
        return worst(findings)
    return Verdict.INVALID if _is_finding(error) else Verdict.UNKNOWN


def _is_finding(error: BaseException) -> bool:
    """A failed claim or a hang says something about the code under test; any other error about the harness."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_finding(each) for each in error.exceptions)
    return isinstance(error, AssertionError | HangError)
