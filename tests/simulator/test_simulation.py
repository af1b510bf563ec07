"""One run and its verdict: what is a finding, what is the harness's own mistake, and that neither is a pass."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from simulator.checker import Composed, Finding, Verdict
from simulator.errors import (
    BudgetError,
    CheckerError,
    DeadlockError,
    LivelockError,
    NoChoicePointError,
)
from simulator.limits import Limits
from simulator.schedulers import FromList, Plain, Uniform
from simulator.simulation import RunResult, Simulation
from tests.simulator.worlds import check_then_insert, runs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.checker import Checker
    from simulator.history import History


@dataclass(frozen=True)
class Says:
    """A checker with a fixed opinion."""

    verdict: Verdict
    name: str = "opinion"

    def check(self, history: History) -> Finding:
        return Finding(self.name, self.verdict, (f"{len(history)} operations",))


class Raises:
    name = "broken checker"

    def check(self, history: History) -> Finding:
        raise KeyError("slot")


def judged(*checkers: Checker) -> RunResult:
    return Simulation(check_then_insert(unique=True), scheduler=Plain(), checkers=checkers).run()


def plain(world: Callable[[Simulation], Awaitable[Any]], limits: Limits | None = None) -> RunResult:
    return Simulation(world, scheduler=Plain(), limits=limits).run()


def test_a_run_tells_what_it_took() -> None:
    result = judged()

    assert result.verdict is Verdict.VALID
    assert result.value == [0]
    assert result.choice_points == len(result.decisions) == 3
    assert result.steps > 5
    assert 0 < result.virtual_s < 0.01
    assert result.wall_s > 0


def test_equal_seeds_are_equal_runs_and_other_seeds_are_not() -> None:
    run = runs(check_then_insert(unique=True, callers=4))

    digests = [[run(Uniform(seed), seed).digest for seed in range(20)] for _ in range(2)]

    assert digests[0] == digests[1]
    assert len(set(digests[0])) > 10


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_checkers_verdict_is_the_runs(verdict: Verdict) -> None:
    assert judged(Says(verdict)).verdict is verdict


def test_the_worst_of_several_verdicts_counts() -> None:
    assert judged(Says(Verdict.VALID), Says(Verdict.INVALID), Says(Verdict.UNKNOWN)).verdict is Verdict.INVALID
    assert judged(Says(Verdict.UNKNOWN), Says(Verdict.VALID)).verdict is Verdict.UNKNOWN


def test_composed_checkers_keep_their_reasons() -> None:
    result = judged(Composed("all", Says(Verdict.VALID, "first"), Says(Verdict.INVALID, "second")))

    assert result.verdict is Verdict.INVALID
    assert "second: invalid" in result.reason
    assert "first" not in result.reason


def test_a_checker_that_raises_is_an_error_with_a_reason_whatever_the_others_say() -> None:
    for checkers in ((Says(Verdict.VALID), Raises()), (Says(Verdict.INVALID), Raises())):
        result = judged(*checkers)

        assert isinstance(result.error, CheckerError)
        assert result.verdict is Verdict.UNKNOWN
        assert "broken checker raised KeyError" in result.reason


async def asks_nothing(_: Simulation) -> None:
    await asyncio.sleep(1)


def test_a_run_that_asked_for_no_choice_is_an_error_never_a_pass() -> None:
    result = plain(asks_nothing)

    assert isinstance(result.error, NoChoicePointError)
    assert result.verdict is Verdict.UNKNOWN
    assert plain(asks_nothing, Limits(choice_points_min=0)).verdict is Verdict.VALID


async def never_ends(_: Simulation) -> None:
    while True:  # noqa: ASYNC110 - the mistake itself
        await asyncio.sleep(60)


def test_a_node_that_never_ends_is_an_error_with_its_name() -> None:
    async def world(simulation: Simulation) -> None:
        await simulation.node("worker").start(lambda: never_ends(simulation))

    result = plain(world, Limits(virtual_s_max=3_600))

    assert isinstance(result.error, BudgetError)
    assert result.verdict is Verdict.UNKNOWN
    assert "worker#1 waits for a timer in sleep (at test_simulation.py" in result.reason
    assert "main#1 waits for worker#1 on node worker" in result.reason


def test_a_hang_is_a_finding() -> None:
    async def deadlock(_: Simulation) -> None:
        await asyncio.Event().wait()

    async def livelock(_: Simulation) -> None:
        while True:  # noqa: ASYNC110 - the mistake itself
            await asyncio.sleep(0)

    dead, live = plain(deadlock), plain(livelock, Limits(ready_steps_max=500))

    assert (type(dead.error), dead.verdict) == (DeadlockError, Verdict.INVALID)
    assert (type(live.error), live.verdict) == (LivelockError, Verdict.INVALID)


def test_a_deadlock_of_two_locks_names_who_holds_what_the_other_wants() -> None:
    async def world(simulation: Simulation) -> None:
        one, other = asyncio.Lock(), asyncio.Lock()

        async def take(first: asyncio.Lock, second: asyncio.Lock) -> None:
            async with first:
                await simulation.loop.io_point("read")
                async with second:
                    await simulation.loop.io_point("write")

        await asyncio.gather(take(one, other), take(other, one))

    result = Simulation(world, scheduler=FromList([0, 1])).run()

    assert result.verdict is Verdict.INVALID
    assert "main#2 waits for a lock that main#3 holds in Lock.acquire" in result.reason
    assert "main#3 waits for a lock that main#2 holds" in result.reason
    assert "main#1 waits for main#2, main#3" in result.reason


def test_a_failed_claim_is_a_finding_also_from_a_task_group() -> None:
    async def claim() -> None:
        assert not "two appointments"

    async def world(_: Simulation) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(claim())

    assert plain(world).verdict is Verdict.INVALID


@pytest.mark.parametrize("error", [RuntimeError("bound to a different event loop"), KeyError("x")])
def test_any_other_error_says_nothing_about_the_code_and_is_no_pass(error: Exception) -> None:
    async def world(_: Simulation) -> None:
        raise error

    result = plain(world)

    assert result.error is error
    assert result.verdict is Verdict.UNKNOWN


def test_garbage_is_collected_between_runs_and_not_within() -> None:
    async def world(_: Simulation) -> bool:
        return gc.isenabled()

    assert plain(world).value is False
    assert gc.isenabled()


def test_environments_are_entered_in_order_and_left_whatever_happens() -> None:
    from collections.abc import Iterator
    from contextlib import contextmanager

    order: list[str] = []

    def environment(name: str) -> Any:
        @contextmanager
        def enter(simulation: Simulation) -> Iterator[None]:
            order.append(f"enter {name} {simulation.seed}")
            try:
                yield
            finally:
                order.append(f"leave {name}")

        return enter

    async def world(_: Simulation) -> None:
        order.append("world")
        raise RuntimeError

    environments = [environment("first"), environment("second")]
    Simulation(world, scheduler=Plain(), seed=7, environment=environments).run()

    assert order == ["enter first 7", "enter second 7", "world", "leave second", "leave first"]


async def test_a_simulation_inside_a_running_loop_is_refused() -> None:
    simulation = Simulation(asks_nothing, scheduler=Plain())

    with pytest.raises(RuntimeError, match="call it from plain code"):
        simulation.run()
    simulation.loop.close()


def test_asyncios_debug_mode_does_not_let_the_real_clock_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")

    assert judged().error is None
