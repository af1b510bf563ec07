"""What happened in a run, in order, with a rolling digest that tells whether two runs were the same."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from simulator.node import INCARNATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.clock import VirtualTime

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_FLUSH_AT = 2_048
"""Events digested at once: hashing each alone would cost more than the step it describes."""


class Event(NamedTuple):
    """One thing that happened: virtual nanoseconds, kind (`step`, `io`, `choice`, `sql`, ...), text, and where."""

    time_ns: int
    kind: str
    text: str
    node: str = ""
    """The node whose code noted it; empty for the loop and for code outside all nodes."""

    def __str__(self) -> str:
        return f"{self.time_ns / 1e9:.6f} {self.kind} {self.text}"


class Trace:
    """Collects events. Memory addresses are blotted out: they differ from run to run and mean nothing."""

    def __init__(self, time: VirtualTime, kept_max: int = 20_000) -> None:
        self._time = time
        self._kept_max = kept_max
        self._kept: list[Event] = []
        self._pending: list[tuple[int, str, str, str]] = []  # plain tuples: they are made at every step
        self._digest = blake2b(digest_size=16)
        self._sealed = False
        self.count = 0

    def add(self, kind: str, text: str) -> None:
        """Note that something happened now."""
        incarnation = INCARNATION.get()
        node = "" if incarnation is None else incarnation.node.name
        self._pending.append((self._time.ns, kind, text, node))
        if len(self._pending) >= _FLUSH_AT:
            self._flush()

    def add_step(self, text: str) -> None:
        """Note a step of the loop, which belongs to no node: the shortest way, as it is gone at every step."""
        self._pending.append((self._time.ns, "step", text, ""))

    def flush_when_full(self) -> None:
        """For whoever adds steps, now and then."""
        if len(self._pending) >= _FLUSH_AT:
            self._flush()

    def seal(self) -> None:
        """Ignore what happens from now on: clean-up is no part of the run."""
        self._flush()
        self._sealed = True

    @property
    def length(self) -> int:
        """How many events there are so far, those not yet digested among them."""
        return self.count + len(self._pending)

    @property
    def digest(self) -> str:
        """Hexadecimal digest of all events so far; equal digests mean equal runs."""
        self._flush()
        return self._digest.hexdigest()

    @property
    def events(self) -> list[Event]:
        """The first `kept_max` events."""
        self._flush()
        return list(self._kept)

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        if self._sealed or not pending:
            return
        said = "\0".join([f"{time_ns} {kind} {text} {node}" for time_ns, kind, text, node in pending])
        if "0x" in said:
            said = _scrubbed(said)
            pending = [(time_ns, kind, _scrubbed(text), node) for time_ns, kind, text, node in pending]
        self._digest.update((said + "\0").encode("utf-8", "surrogatepass"))
        self.count += len(pending)
        self._kept += map(Event._make, pending[: self._kept_max - len(self._kept)])


def _scrubbed(text: str) -> str:
    return _ADDRESS.sub("0x…", text)


class Difference(NamedTuple):
    """The first place where two traces part; None where a trace has ended."""

    place: int
    first: Event | None
    second: Event | None

    def __str__(self) -> str:
        return f"event {self.place}: {self.first or 'the end'} | {self.second or 'the end'}"


def first_difference(first: Sequence[Event], second: Sequence[Event]) -> Difference | None:
    """Where two runs part, or None when one is the other."""
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return Difference(index, one, other)
    if len(first) == len(second):
        return None
    index = min(len(first), len(second))
    longer = first if len(first) > len(second) else second
    rest = longer[index]
    return Difference(index, rest, None) if longer is first else Difference(index, None, rest)
