"""What callers did and what they were told, in the order it happened (after Jepsen).

Every operation is invoked, and then completes as `ok` (it took effect), `fail` (it certainly did
not), or `info` (nobody knows: a time-out, a crash). What never completed is `info` too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.clock import VirtualTime
    from simulator.trace import Trace


class Completion(StrEnum):
    """How an operation ended."""

    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `invoked` and `completed` are places in the history's order of events."""

    number: int
    process: str
    action: str
    argument: Any
    invoked: int
    invoked_ns: int
    completion: Completion = Completion.INFO
    value: Any = None
    completed: int | None = None
    completed_ns: int | None = None

    def __str__(self) -> str:
        return f"{self.process} {self.action}({self.argument!r}) -> {self.completion} {self.value!r}"


class OpenOperation:
    """An operation that was invoked: say how it ended, once."""

    def __init__(self, history: History, number: int) -> None:
        self._history = history
        self.number = number

    def ok(self, value: Any = None) -> None:
        """It took effect, and this is what the caller was told."""
        self._history.complete(self.number, Completion.OK, value)

    def fail(self, value: Any = None) -> None:
        """It certainly took no effect, for this reason."""
        self._history.complete(self.number, Completion.FAIL, value)

    def info(self, value: Any = None) -> None:
        """It may have taken effect, now or later."""
        self._history.complete(self.number, Completion.INFO, value)


class History:
    """All operations of a run."""

    def __init__(self, time: VirtualTime, trace: Trace) -> None:
        self._time = time
        self._trace = trace
        self._operations: list[Operation] = []
        self._events = 0

    def invoke(self, process: str, action: str, argument: Any = None) -> OpenOperation:
        """A caller begins an operation."""
        number = len(self._operations)
        operation = Operation(number, process, action, argument, self._next_event(), self._time.ns)
        self._operations.append(operation)
        self._trace.add("invoke", f"{number} {process} {action}({argument!r})")
        return OpenOperation(self, number)

    def complete(self, number: int, completion: Completion, value: Any) -> None:
        """An operation ends."""
        operation = self._operations[number]
        if operation.completed is not None:
            msg = f"operation {operation} has ended already"
            raise ValueError(msg)
        self._operations[number] = replace(
            operation,
            completion=completion,
            value=value,
            completed=self._next_event(),
            completed_ns=self._time.ns,
        )
        self._trace.add(completion.value, f"{number} {operation.process} {value!r}")

    @property
    def operations(self) -> list[Operation]:
        """The operations in the order of their invocation."""
        return list(self._operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    def __len__(self) -> int:
        return len(self._operations)

    def _next_event(self) -> int:
        self._events += 1
        return self._events
