"""An asyncio event loop in virtual time, where only I/O completions and timers are ever a choice.

asyncio promises that `call_soon` is first in, first out, so the ready queue is exactly that: shuffling
it reaches orders that no production loop produces, and CPython's own tests fail under it. What is left
to chance in production is which I/O completes next and whether a timer fires before it; that, and
nothing else, the loop asks its `Choices`.
"""

# The loop is made of the private parts of BaseEventLoop and Handle; there is no public seam.
# ruff: noqa: SLF001

from __future__ import annotations

import asyncio
import contextvars
import gc
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

from simulator.choices import Choices
from simulator.clock import VirtualTime
from simulator.errors import BudgetError, DeadlockError, LivelockError
from simulator.fenced_loop import FencedLoop
from simulator.limits import Limits
from simulator.names import TaskNames, is_dead
from simulator.node import INCARNATION
from simulator.pending import IoPoint, PendingIo, question
from simulator.schedulers.plain import Plain
from simulator.tasks import SimulatedFuture, SimulatedTask, is_frozen, run_into
from simulator.timers import TimerHeap
from simulator.trace import Trace
from simulator.waits import describe_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from concurrent.futures import Executor

    from simulator.coverage import Touch
    from simulator.footprint import Footprint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_FOREVER_S = 1e12
"""Timers set later than this (`sleep(inf)`) are set to it: nanoseconds must stay integers."""
_COLLECT_EVERY_STEPS = 50_000
"""Garbage is collected at fixed steps, so that finalizers run at the same place in every run."""


class SimulationLoop(FencedLoop):
    """The loop. Without arguments it runs in plain order, as a stock loop would."""

    def __init__(
        self,
        choices: Choices | None = None,
        *,
        trace: Trace | None = None,
        limits: Limits | None = None,
        time: VirtualTime | None = None,
    ) -> None:
        super().__init__()
        self.set_debug(False)  # PYTHONASYNCIODEBUG would let the real clock in
        self.limits = limits or Limits()
        self.virtual_time = time or VirtualTime()
        self.trace = trace or Trace(self.virtual_time, self.limits.trace_events_max)
        self.choices = choices or Choices(Plain(), trace=self.trace)
        self.steps = 0
        self.before_step: list[Callable[[IoPoint], None]] = []
        """Called with each I/O point that is about to complete; a nemesis crashes nodes here."""
        self.touches: list[Touch] = []
        """What the completed I/Os touched, in order; as many as the trace keeps events."""
        self._steps_max = self.limits.steps_max
        self._end_ns = self.limits.virtual_s_max * 1e9
        self._ready_steps_end = self.limits.ready_steps_max
        self._next_collection = _COLLECT_EVERY_STEPS
        self._timers = TimerHeap()
        self._io = PendingIo(round(self.limits.io_horizon_s * 1e9))
        self._io_duration_ns = round(self.limits.io_duration_s * 1e9)
        self._numbers = count(1)
        self._task_names = TaskNames()
        self._some_node_crashed = False
        self.frozen_tasks: list[asyncio.Task[Any]] = []

    # -- what the code under test calls

    def time(self) -> float:
        """Virtual seconds since the run began."""
        return self.virtual_time.ns / 1e9

    def io_point(
        self,
        label: str,
        *,
        footprint: Footprint | None = None,
        actor: str | None = None,
        survives_crash: bool = False,
    ) -> asyncio.Future[None]:
        """A pending I/O: the future completes when the scheduler lets it, and always through the loop.

        `label` says what the I/O is, `actor` who asked (default: the running task). An I/O that
        `survives_crash` is out of its node's hands, as a message on the wire is; what it then calls must
        not be in the node's context either (`add_done_callback(..., context=...)`).
        """
        future = self.create_future()
        future.label = label
        self.await_io(label, future, footprint=footprint, actor=actor, survives_crash=survives_crash)
        return future

    def await_io(
        self,
        label: str,
        waiter: asyncio.Future[None] | asyncio.Handle,
        *,
        footprint: Footprint | None = None,
        actor: str | None = None,
        survives_crash: bool = False,
    ) -> None:
        """As `io_point`, with a waiter that is there already: a future to complete, or the handle of a callback."""
        incarnation = None if survives_crash else INCARNATION.get()
        point = IoPoint(label, actor or self._task_names.running(self), footprint, waiter, incarnation)
        self._io.add(point, self.virtual_time.ns)

    def create_future(self) -> SimulatedFuture:
        """A future whose hash is its number."""
        future = SimulatedFuture(loop=self)
        future.number = next(self._numbers)
        return future

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: object = None,
        context: contextvars.Context | None = None,
        **options: Any,
    ) -> asyncio.Task[T]:
        """A task named after its node and its place there, unless the caller names it."""
        self._check_closed()
        if self._task_factory is not None:
            return super().create_task(coro, name=name, context=context, **options)
        return SimulatedTask(
            coro,
            number=next(self._numbers),
            loop=self,
            name=self._task_names.next() if name is None else str(name),
            context=context,
            **options,
        )

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at a virtual time. Timers of the same time fire in the order they were set."""
        self._check_closed()
        ns = round(min(when, _FOREVER_S) * 1e9)  # a `when` that is no number raises here, as it must
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers.push(ns, timer)
        return timer

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run the function on this thread, as one pending I/O. A real pool is refused."""
        self.refuse_pool(executor)
        result: asyncio.Future[T] = self.create_future()
        done = self.io_point(f"executor {getattr(func, '__qualname__', type(func).__name__)}")
        done.add_done_callback(lambda _: run_into(result, lambda: func(*args)))
        return result

    # -- what the engine calls

    @property
    def restricted(self) -> bool:
        """Whether `candidates_max` or `io_horizon_s` ruled out an order of I/Os in this run."""
        return self._io.restricted

    def note_crash(self) -> None:
        """A node crashed: from now on callbacks are asked whose they are, and its tasks are kept as they stand.

        A task that nothing refers to any more would be destroyed, and its `finally` would run.
        """
        self._some_node_crashed = True
        self.frozen_tasks += [task for task in asyncio.all_tasks(self) if is_frozen(task)]

    def settle(self, steps_max: int) -> None:
        """Clean-up begins: plain order, no nemesis, and a budget of its own."""
        self.choices.settle()
        self.choices.failure = None
        self.before_step.clear()
        self._steps_max = self.steps + steps_max
        self._ready_steps_end = self._steps_max

    def close(self) -> None:
        """Forget everything that was pending."""
        super().close()
        self._io.clear()
        self._timers.clear()

    # -- the main flow

    def _run_once(self) -> None:
        if not self._ready and not self._stopping:
            self._advance()
        if self._timers.first_ns <= self.virtual_time.ns:
            self._release_timers()
        self._run_ready()
        if self.choices.failure is not None:
            raise self.choices.failure
        if self.steps >= self._next_collection:
            self._next_collection += _COLLECT_EVERY_STEPS
            gc.collect(1)

    def _advance(self) -> None:
        """Nothing is ready: complete an I/O, or let time pass until the next timer."""
        self._ready_steps_end = min(self.steps + self.limits.ready_steps_max, self._steps_max)
        timer_ns = self._timers.next_ns()
        points, continues = self._io.candidates(self.limits.candidates_max, self.virtual_time.ns)
        if points:
            self._complete_or_wait(points, continues, timer_ns)
        elif timer_ns is not None:
            self._io.next_step()
            self._move_to(timer_ns)
        else:
            msg = f"nothing can run at {self.time():.6f} s:\n{describe_waits(asyncio.all_tasks(self))}"
            raise DeadlockError(msg)

    def _complete_or_wait(self, points: list[IoPoint], continues: int, timer_ns: int | None) -> None:
        competes = timer_ns is not None and timer_ns <= self._io.first_due_ns
        chosen = self.choices.ask(question(points, continues, clock=competes))
        if chosen == len(points) and timer_ns is not None:
            self._io.next_step()
            self._move_to(timer_ns)
            return
        point = points[chosen]
        for look in self.before_step:
            look(point)
        if not point.live:  # what looked on crashed the node that waited
            return
        self._io.take(point)
        self._move_to(self.virtual_time.ns + self._io_duration_ns)
        self.trace.add("io", point.option)
        if point.footprint is not None and len(self.touches) < self.limits.trace_events_max:
            self.touches.append((point.actor, point.footprint))
        if isinstance(point.waiter, asyncio.Handle):
            self._ready.append(point.waiter)
        else:
            point.waiter.set_result(None)

    def _move_to(self, ns: int) -> None:
        self.virtual_time.ns = max(ns, self.virtual_time.ns)
        if self.virtual_time.ns > self._end_ns:
            msg = (
                f"the run lasts longer than virtual_s_max = {self.limits.virtual_s_max:g} s:\n"
                f"{describe_waits(asyncio.all_tasks(self))}"
            )
            raise BudgetError(msg)

    def _release_timers(self) -> None:
        """Move the timers that are due to the ready queue; equal deadlines are a choice of who is first."""
        due = self._timers.pop_due(self.virtual_time.ns)
        if len(due) > 1:
            first = self.choices.choose(len(due), "first of equal timers", stream="timers")
            due.insert(0, due.pop(first))
        self._ready.extend(due)

    def _run_ready(self) -> None:
        ready, add_step, name_of = self._ready, self.trace.add_step, self._task_names.of_handle
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled or (self._some_node_crashed and is_dead(handle)):
                continue
            self.steps += 1
            add_step(name_of(handle))
            handle._run()
        self.trace.flush_when_full()
        if self.steps >= self._ready_steps_end:
            self._report_spinning()

    def _report_spinning(self) -> None:
        waits = describe_waits(asyncio.all_tasks(self))
        if self.steps >= self._steps_max:
            msg = f"the run takes more than steps_max = {self._steps_max} steps:\n{waits}"
            raise BudgetError(msg)
        msg = f"{self.limits.ready_steps_max} steps in a row without time or I/O moving:\n{waits}"
        raise LivelockError(msg)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self._timers.note_cancelled(handle)
