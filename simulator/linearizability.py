"""Whether a history could have happened on one calendar that serves one request at a time.

Wing and Gong's search: pick an operation that no other one precedes, apply it to the model, go on
with the rest, back up when the model refuses. States that were seen with the same rest are not
searched again (Lowe). A history splits by slot, and it is linearizable when every part is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from simulator.checker import Finding, Verdict
from simulator.history import Completion, Operation

if TYPE_CHECKING:
    from simulator.history import History

_NEVER = float("inf")


class Model(Protocol):
    """The rule as a state machine. `argument` is an operation's, without the part's key."""

    @property
    def initial(self) -> Hashable:
        """The state before the first operation."""
        ...

    def apply(self, state: Hashable, operation: Operation) -> tuple[bool, Hashable]:
        """Whether the operation, with what its caller was told, fits the state; and the state after it."""
        ...


class OneAppointmentASlot:
    """A slot holds at most one appointment. The state is the holder, or None.

    Actions: `book` with the caller's request as `argument["holder"]`, whose value is the holder the
    caller was told (its own, or that of a repeat); `cancel` of `argument["holder"]`; `read`, whose
    value is the holder or None. A `fail` of `book` with the value `taken` saw the slot held.
    """

    initial: Hashable = None

    def apply(self, state: Hashable, operation: Operation) -> tuple[bool, Hashable]:
        """Apply one operation to one slot."""
        holder = operation.argument["holder"]
        match operation.action, operation.completion:
            case "book", Completion.FAIL:
                return (operation.value != "taken" or state not in (None, holder)), state
            case "book", Completion.OK:
                return state in (None, holder), holder
            case "book", _:  # unknown: it took effect, if it fits
                return state in (None, holder), holder
            case "cancel", Completion.OK | Completion.INFO:
                return state == holder, None
            case "read", Completion.OK:
                return state == operation.value, state
            case _:
                return True, state


@dataclass(frozen=True, slots=True)
class Linearizability:
    """The checker. `part_of` gives the key an operation belongs to; `states_max` bounds the search."""

    model: Model
    part_of: Callable[[Operation], Hashable]
    name: str = "linearizability"
    states_max: int = 200_000

    def check(self, history: History) -> Finding:
        """INVALID names the parts that fit no order; UNKNOWN those whose search was given up."""
        parts: dict[Hashable, list[Operation]] = {}
        for operation in history:
            parts.setdefault(self.part_of(operation), []).append(operation)
        broken, unknown = [], []
        for key, operations in parts.items():
            fits = is_linearizable(self.model, operations, self.states_max)
            if fits is None:
                unknown.append(f"{key}: more than {self.states_max} states")
            elif not fits:
                broken.append(f"{key}: no order fits {[str(operation) for operation in operations]}")
        if broken:
            return Finding(self.name, Verdict.INVALID, tuple(broken))
        return Finding(self.name, Verdict.UNKNOWN if unknown else Verdict.VALID, tuple(unknown))


def is_linearizable(model: Model, operations: Sequence[Operation], states_max: int = 200_000) -> bool | None:
    """Whether some order of the operations, kept within their real times, fits the model. None: given up.

    An operation of unknown outcome may take effect at any time after its invocation, or never.
    """
    return _Search(model, operations, states_max).run()


class _Search:
    def __init__(self, model: Model, operations: Sequence[Operation], states_max: int) -> None:
        self._model = model
        self._operations = operations
        self._states_max = states_max
        self._ends = [_end(operation) for operation in operations]
        self._certain = sum(1 << place for place, end in enumerate(self._ends) if end != _NEVER)

    def run(self) -> bool | None:
        """Depth first over (what is done, state), with a list instead of recursion: histories are long."""
        seen: set[tuple[int, Hashable]] = set()
        stack: list[tuple[int, Hashable]] = [(0, self._model.initial)]
        while stack:
            done, state = stack.pop()
            if done & self._certain == self._certain:
                return True
            if (done, state) in seen:
                continue
            seen.add((done, state))
            if len(seen) > self._states_max:
                return None
            stack += self._successors(done, state)
        return False

    def _successors(self, done: int, state: Any) -> list[tuple[int, Hashable]]:
        """What may come next: operations invoked before every one that is still to come has ended."""
        waiting = [place for place in range(len(self._operations)) if not done >> place & 1]
        first_end = min(self._ends[place] for place in waiting)
        following = []
        for place in waiting:
            if self._operations[place].invoked <= first_end:
                fits, after = self._model.apply(state, self._operations[place])
                if fits:
                    following.append((done | 1 << place, after))
        return following


def _end(operation: Operation) -> float:
    """When the operation had certainly taken effect; never, when its outcome is unknown."""
    if operation.completion is Completion.INFO or operation.completed is None:
        return _NEVER
    return operation.completed
