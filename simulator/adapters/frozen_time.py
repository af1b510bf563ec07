"""freezegun driven by the simulation: started once, pointed at each run's own clock.

Starting freezegun scans every loaded module (2 to 6 ms); pointing it at another clock takes 2 us. So a
`FrozenTime` is entered around a batch of runs and each run drives it. Between runs, and before the first,
real time shows through. `ManualWallClock` is for replays on a real database, where no simulation loop runs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import freezegun
import freezegun.api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.simulation import Simulation

_KEPT_REAL = frozenset({"queue", "selectors", "subprocess", "threading"})
"""Modules that wait for real threads, processes and sockets; with a frozen clock they would wait for ever."""

_EVERY_MODULE = ("",)
"""As freezegun's ignore list: every caller gets the real time, because every name starts with nothing."""

_NO_MODULE = ()
"""freezegun ignores by prefix, so that its default list also catches `gift_cards` and `queue_worker`: use none."""


class FrozenTime:
    """Keeps freezegun started; `driven_by` and `environment` point it at a clock for as long as they last.

    Naive local time is UTC while it is entered, whatever the machine's time zone.
    """

    def __init__(self) -> None:
        self._freezer: Any = None

    def __enter__(self) -> Self:
        self._freezer = _freezer(real_asyncio=False)
        self._freezer.start()
        _keep_real(self._freezer)
        factories: list[Any] = freezegun.api.freeze_factories
        factories[-1] = lambda: freezegun.api.real_datetime.now(dt.UTC).replace(tzinfo=None)
        freezegun.api.ignore_lists[-1] = _EVERY_MODULE
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._freezer.stop()
        self._freezer = None

    @contextlib.contextmanager
    def environment(self, simulation: Simulation) -> Iterator[None]:
        """For `Simulation(environment=[frozen.environment])`: wall time is the node's, monotonic the loop's."""
        clock, loop = simulation.clock, simulation.loop
        with self.driven_by(lambda: clock.now().replace(tzinfo=None), lambda: loop.virtual_time.ns):
            yield

    @contextlib.contextmanager
    def driven_by(self, now: Callable[[], dt.datetime], monotonic_ns: Callable[[], int]) -> Iterator[None]:
        """Show `now` (naive, UTC) as wall time and `monotonic_ns` as monotonic time and performance counter."""
        with contextlib.ExitStack() as stack:
            if self._freezer is None:
                stack.enter_context(self)
            stack.enter_context(_factory(now))
            stack.enter_context(_monotonic(monotonic_ns))
            yield


class ManualWallClock:
    """A wall clock moved by hand, while asyncio's timers stay real: for a stock loop and a real database.

    Enter it inside the process that is to see it. `time.monotonic()` moves with it; `loop.time()` does not.
    """

    def __init__(self, start: dt.datetime) -> None:
        self._now = _in_utc(start)
        self._exit = contextlib.ExitStack()

    def now(self) -> dt.datetime:
        """The time shown, aware, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number moves it back, as an operator or NTP would."""
        self._now += dt.timedelta(seconds=seconds)

    def move_to(self, moment: dt.datetime) -> None:
        """Show this moment from now on; it must be aware of its time zone."""
        self._now = _in_utc(moment)

    def __enter__(self) -> Self:
        freezer = _freezer(real_asyncio=True)
        self._exit.enter_context(freezer)
        _keep_real(freezer)
        self._exit.enter_context(_factory(lambda: self._now.replace(tzinfo=None)))
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._exit.close()


def _in_utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"ManualWallClock: expected a moment that is aware of its time zone, not {moment!r}")
    return moment.astimezone(dt.UTC)


def _freezer(*, real_asyncio: bool) -> Any:
    freezer: Any = freezegun.freeze_time("2000-01-01", real_asyncio=real_asyncio)
    freezer.ignore = _NO_MODULE
    return freezer


def _keep_real(freezer: Any) -> None:
    for module, name, original in freezer.undo_changes:
        if getattr(module, "__name__", "") in _KEPT_REAL:
            setattr(module, name, original)


@contextlib.contextmanager
def _factory(now: Callable[[], dt.datetime]) -> Iterator[None]:
    """Point freezegun at `now`: its four stacks, as a nested freeze_time would push them."""
    stacks: list[tuple[list[Any], Any]] = [
        (freezegun.api.freeze_factories, now),
        (freezegun.api.ignore_lists, _NO_MODULE),
        (freezegun.api.tick_flags, False),
        (freezegun.api.tz_offsets, dt.timedelta(0)),
    ]
    for stack, value in stacks:
        stack.append(value)
    try:
        yield
    finally:
        for stack, _ in stacks:
            stack.pop()


@contextlib.contextmanager
def _monotonic(nanoseconds: Callable[[], int]) -> Iterator[None]:
    """Monotonic time must not follow a wall clock that is skewed or jumps, as freezegun's own does."""
    names = ("_get_fake_monotonic", "_get_fake_monotonic_ns")
    saved = [getattr(freezegun.api, name) for name in names]
    for name, value in zip(names, (lambda: nanoseconds() / 1e9, nanoseconds), strict=True):
        setattr(freezegun.api, name, value)
    try:
        yield
    finally:
        for name, value in zip(names, saved, strict=True):
            setattr(freezegun.api, name, value)
