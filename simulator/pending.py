"""The pending I/O completions of a run, and which of them may come next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.schedulers.protocol import SCHEDULE, Question

if TYPE_CHECKING:
    from simulator.footprint import Footprint
    from simulator.node import Incarnation


_CLOCK = "clock"
"""The actor of time itself."""


class IoPoint:
    """An I/O that was asked for and has not completed yet."""

    __slots__ = ("actor", "born", "due_ns", "footprint", "incarnation", "label", "option", "waiter")

    def __init__(
        self,
        label: str,
        actor: str,
        footprint: Footprint | None,
        waiter: asyncio.Future[None] | asyncio.Handle,
        incarnation: Incarnation | None,
    ) -> None:
        self.label = label
        self.actor = actor
        self.footprint = footprint
        self.waiter = waiter
        """The future to complete, or the callback to call."""
        self.incarnation = incarnation
        """Whose I/O it is; None when it outlives a crash."""
        self.option = f"{actor}: {label}"
        """How the point is called in a question."""
        self.due_ns = 0
        self.born = 0

    @property
    def live(self) -> bool:
        """Whether anyone still waits for it."""
        if self.incarnation is not None and not self.incarnation.alive:
            return False
        return isinstance(self.waiter, asyncio.Handle) or not self.waiter.done()


class PendingIo:
    """Points in the order they were asked for. `horizon_ns` is how long one may stay pending."""

    def __init__(self, horizon_ns: int) -> None:
        self._horizon_ns = horizon_ns
        self._points: list[IoPoint] = []
        self._step = 0
        self.restricted = False
        """Whether a pending point was ever kept from competing, so that an order was ruled out."""

    def add(self, point: IoPoint, now_ns: int) -> None:
        """Note a new point."""
        point.due_ns = now_ns + self._horizon_ns
        point.born = self._step
        self._points.append(point)

    def candidates(self, most: int, now_ns: int) -> tuple[list[IoPoint], int]:
        """The points that may complete now, and how many of the first go on with the last step.

        What the last step led to comes first: in plain order one caller is served to the end before
        the next, as production does at low load. Then the oldest. A point that waited for the whole
        horizon is the only candidate, so no scheduler starves anyone.
        """
        points = self._points
        for point in points:
            if not point.live:
                points = self._points = [point for point in points if point.live]
                break
        if points and points[0].due_ns <= now_ns:
            self.restricted |= len(points) > 1
            return points[:1], int(points[0].born == self._step)
        self.restricted |= len(points) > most
        start = len(points)
        while start and points[start - 1].born == self._step:
            start -= 1
        chosen = points[start : start + most]
        continues = len(chosen)
        return chosen + points[: min(start, most - continues)], continues

    @property
    def first_due_ns(self) -> int:
        """When the oldest point must complete. Only to be asked when there is one."""
        return self._points[0].due_ns

    def take(self, point: IoPoint) -> None:
        """The point completes: what is added from now on continues it."""
        self._points.remove(point)
        self.next_step()

    def next_step(self) -> None:
        """Something else happened: nothing pending continues it."""
        self._step += 1

    def clear(self) -> None:
        """Forget all points."""
        self._points.clear()


def question(points: list[IoPoint], continues: int, *, clock: bool) -> Question:
    """Which of the points comes next, or, with `clock`, whether time passes until a timer before all of them."""
    options = tuple([point.option for point in points])
    actors = tuple([point.actor for point in points])
    footprints = tuple([point.footprint for point in points])
    if clock:
        options += ("time passes until the next timer",)
        actors += (_CLOCK,)
        footprints += (None,)
    return Question(SCHEDULE, "next", len(options), options, actors, footprints, continues)
