"""Schedulers: one way to be asked, and each with its own way to answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.checker import Verdict
from simulator.choices import Choices, Decision
from simulator.errors import ReplayDivergedError, SchedulerError
from simulator.schedulers import FAULTS, SCHEDULE, FromList, Pct, Plain, Question, Replay, Scheduler, Swarm, Uniform
from tests.simulator.worlds import check_then_insert, runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.simulation import Simulation


def ask(scheduler: Scheduler, n: int, *, stream: str = SCHEDULE, label: str = "next") -> int:
    actors = tuple(f"actor {number}" for number in range(n)) if stream == SCHEDULE else ()
    return scheduler.choose(Question(stream, label, n, actors=actors))


ALL: list[Scheduler] = [Plain(), Uniform(1), Pct(1), FromList([5, 5, 5]), Swarm(1, Uniform(1))]


@given(st.lists(st.integers(1, 9), max_size=50), st.sampled_from(range(len(ALL))), st.sampled_from([SCHEDULE, FAULTS]))
def test_every_answer_is_one_of_the_answers_asked_for(sizes: list[int], which: int, stream: str) -> None:
    answers = [ask(ALL[which], n, stream=stream) for n in sizes]

    assert all(0 <= answer < n for answer, n in zip(answers, sizes, strict=True))


def test_plain_order_answers_zero() -> None:
    assert [ask(Plain(), n) for n in (1, 2, 9)] == [0, 0, 0]


def test_a_new_question_on_one_stream_shifts_no_answer_on_another() -> None:
    quiet, busy = Uniform(7), Uniform(7)

    alone = [ask(quiet, 100) for _ in range(20)]
    beside = []
    for _ in range(20):
        ask(busy, 100, stream="latency")
        beside.append(ask(busy, 100))

    assert alone == beside


def test_uniform_honours_the_odds_of_a_question() -> None:
    scheduler = Uniform(3)
    rare = Question(FAULTS, "reset", 2, odds=0.1)

    struck = sum(scheduler.choose(rare) for _ in range(2_000))

    assert 140 < struck < 260


def test_pct_follows_one_actor_until_a_change() -> None:
    scheduler = Pct(5, depth=1)

    assert len({ask(scheduler, 4) for _ in range(50)}) == 1


def test_pct_changes_the_actor_in_front_at_most_depth_minus_one_times() -> None:
    for seed in range(50):
        scheduler = Pct(seed, depth=3, horizon=30)
        answers = [ask(scheduler, 4) for _ in range(30)]

        changes = sum(one != other for one, other in pairwise(answers))
        assert changes <= 2


def test_pct_refuses_a_depth_below_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Pct(1, depth=0)


def test_a_replay_answers_as_recorded_and_ignores_forced_steps() -> None:
    scheduler = Replay([Decision(SCHEDULE, "next", 3, 2, ())])

    assert [scheduler.choose(Question(SCHEDULE, "next", n)) for n in (1, 3, 1)] == [0, 2, 0]


@pytest.mark.parametrize(
    "question",
    [
        Question("faults", "next", 2, ("a", "b")),
        Question(SCHEDULE, "other", 2, ("a", "b")),
        Question(SCHEDULE, "next", 3, ("a", "b", "c")),
        Question(SCHEDULE, "next", 2, ("a", "x")),
    ],
)
def test_a_replay_refuses_another_question_than_the_recorded_one(question: Question) -> None:
    scheduler = Replay([Decision(SCHEDULE, "next", 2, 1, ("a", "b"))])

    with pytest.raises(ReplayDivergedError, match="decision 0"):
        scheduler.choose(question)


def test_a_replay_refuses_a_question_beyond_its_end() -> None:
    with pytest.raises(ReplayDivergedError, match="ends here"):
        Replay([]).choose(Question(SCHEDULE, "next", 2))


def test_swarm_leaves_faults_out_of_some_seeds_and_makes_them_common_in_others() -> None:
    struck = Counter[str]()
    for seed in range(120):
        scheduler = Swarm(seed, Plain())
        hits = sum(ask(scheduler, 2, stream=FAULTS, label="drop POST") for _ in range(100))
        struck["never" if hits == 0 else "often" if hits > 10 else "rarely"] += 1

    assert min(struck["never"], struck["rarely"], struck["often"]) >= 15


def test_swarm_draws_once_for_all_occasions_of_a_fault() -> None:
    scheduler = Swarm(4, Plain())
    for _ in range(10):
        ask(scheduler, 2, stream=FAULTS, label="drop POST")
        ask(scheduler, 2, stream=FAULTS, label="drop GET")

    assert set(scheduler.odds) == {"drop"}


@pytest.mark.parametrize("scheduler", [Uniform, lambda s: Pct(s, 2, 6), lambda s: Pct(s, 3, 6)])
def test_the_race_is_found_and_the_unique_key_stops_it(scheduler: type[Uniform]) -> None:
    racy, safe = runs(check_then_insert(unique=False)), runs(check_then_insert(unique=True))

    found = sum(racy(scheduler(seed), seed).verdict is Verdict.INVALID for seed in range(100))
    broken = sum(safe(scheduler(seed), seed).verdict is not Verdict.VALID for seed in range(100))

    assert found > 10
    assert broken == 0


def test_what_a_scheduler_raises_comes_out_of_the_run_unchanged() -> None:
    class StopTest(BaseException):  # as Hypothesis raises from a draw
        pass

    class Raising:
        def choose(self, question: Question) -> int:
            raise StopTest

    with pytest.raises(StopTest):
        runs(check_then_insert(unique=False))(Raising(), 0)


def test_an_answer_that_was_not_asked_for_is_an_error_of_the_harness() -> None:
    class Beyond:
        def choose(self, question: Question) -> int:
            return question.n

    with pytest.raises(SchedulerError, match="Beyond answered 2"):
        Choices(Beyond()).choose(2, "which")
    assert runs(check_then_insert(unique=True))(Beyond(), 0).verdict is Verdict.UNKNOWN


def test_choices_need_as_many_options_as_answers() -> None:
    with pytest.raises(ValueError, match="2 answers with 1 options"):
        Choices(Plain()).choose(2, "which", ["only"])


def test_entropy_depends_on_the_seed_and_the_stream_alone() -> None:
    one, other = Choices(Plain(), seed=1), Choices(Uniform(9), seed=1)
    other.random("jitter").random()

    assert one.random("uuid").random() == other.random("uuid").random()
    assert one.random("uuid").random() != Choices(Plain(), seed=2).random("uuid").random()


def test_pct_finds_the_deep_race_that_a_uniform_walk_misses() -> None:
    async def world(simulation: Simulation) -> None:
        between = 0
        inside = False

        async def narrow() -> None:
            nonlocal inside
            await simulation.loop.io_point("open the gap")
            inside = True
            await simulation.loop.io_point("close the gap")
            inside = False

        async def long_way() -> None:
            nonlocal between
            for number in range(16):
                await simulation.loop.io_point(f"step {number}")
                between = between + 1 if inside else 0

        await asyncio.gather(narrow(), long_way())
        assert between < 16

    def hits(scheduler: Callable[[int], Scheduler]) -> int:
        return sum(runs(world)(scheduler(seed), seed).verdict is Verdict.INVALID for seed in range(300))

    assert hits(Uniform) == 0
    assert hits(lambda seed: Pct(seed, depth=2, horizon=18)) > 3
