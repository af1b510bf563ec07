"""Bugs in the simulator: order of the loop, clocks, choices, crashes, searches, adapters."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_CHOICES = "simulator/choices.py"
_LOOP = "simulator/loop.py"


def mutants() -> tuple[Mutant, ...]:
    """The loop, its decisions, the searches, the adapters."""
    return (*_loop(), *_choices(), *_searches(), *_adapters())


def _test(file: str, name: str) -> PytestCheck:
    return PytestCheck(f"tests/simulator/{file}.py::{name}")


def _loop() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-last-ready-callback-runs-first",
            _LOOP,
            "handle = ready.popleft()",
            "handle = ready.pop()",
            "asyncio promises first in, first out: bugs would be reported that cannot happen",
            _test("test_loop", "test_timers_of_the_same_time_fire_in_the_order_they_were_set"),
        ),
        Mutant(
            "equal-timers-have-one-order",
            _LOOP,
            "            due.insert(0, due.pop(first))\n",
            "            del first\n",
            "which of two equal timers fires first is a choice, else races between time-outs stay hidden",
            _test("test_loop", "test_which_of_equal_timers_is_first_is_a_choice"),
        ),
        Mutant(
            "a-point-may-starve",
            "simulator/pending.py",
            "if points and points[0].due_ns <= now_ns:",
            "if points and points[0].due_ns <= -now_ns:",
            "no scheduler may put an I/O off for ever",
            _test("test_io_points", "test_no_scheduler_can_starve_a_pending_io_beyond_the_horizon"),
        ),
        Mutant(
            "skew-has-the-wrong-sign",
            "simulator/clock.py",
            "self._time.ns // 1_000) + skew",
            "self._time.ns // 1_000) - skew",
            "Cal.com's clock was 27 s ahead, not behind: the recorded createdAt cannot come out",
            CommandCheck("replay 687-688 --profile unprotected"),
        ),
        Mutant(
            "a-crash-kills-nobody",
            "simulator/node.py",
            "        self._incarnation.alive = False\n",
            "",
            "a dead process would go on and write its rows",
            _test("test_node", "test_a_crash_runs_no_finally_and_no_timer_of_the_node"),
        ),
    )


def _choices() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "small-questions-are-not-recorded",
            _CHOICES,
            "        if question.n > 1:\n            preempts",
            "        if question.n > 2:\n            preempts",
            "a failure could not be replayed",
            _test("test_recording", "test_a_recording_survives_its_file_and_replays_to_the_same_digest"),
        ),
        Mutant(
            "entropy-has-no-seed",
            _CHOICES,
            'source = self._sources[stream] = Random(f"{self.seed}/entropy/{stream}")',
            "source = self._sources[stream] = Random()",
            "one seed would be many runs",
            _test("test_schedulers", "test_entropy_depends_on_the_seed_and_the_stream_alone"),
        ),
        Mutant(
            "streams-share-their-numbers",
            "simulator/schedulers/uniform.py",
            "        source = self._sources.get(question.stream)\n",
            '        source = self._sources.setdefault("all", Random(self._seed))\n',
            "a new fault would shift every scheduling decision of old seeds",
            _test("test_schedulers", "test_a_new_question_on_one_stream_shifts_no_answer_on_another"),
        ),
        Mutant(
            "a-replay-answers-anything",
            "simulator/schedulers/replay.py",
            "        if not same:\n",
            "        if not same and question.n > 99:\n",
            "a recording of other code must be refused where it diverges",
            _test("test_schedulers", "test_a_replay_refuses_another_question_than_the_recorded_one"),
        ),
    )


def _searches() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "preemptions-are-not-counted",
            "simulator/schedulers/exhaustive.py",
            "    return 0 < question.continues <= answer\n",
            "    return 0 < question.continues < answer\n",
            "a proof up to a bound would cover more, or less, than it says",
            _test("test_exhaustive", "test_a_bound_of_zero_runs_each_caller_to_the_end"),
        ),
        Mutant(
            "the-search-skips-answers",
            "simulator/schedulers/exhaustive.py",
            "        for answer in range(branch.question.n):\n",
            "        for answer in range(min(branch.question.n, 1)):\n",
            "a proof that has seen one schedule",
            _test("test_exhaustive", "test_every_interleaving_is_run_exactly_once"),
        ),
        Mutant(
            "writers-commute-with-readers",
            "simulator/footprint.py",
            " or first.writes & second.reads or first.reads & second.writes)",
            ")",
            "sleep sets would leave out schedules that matter",
            _test("test_exhaustive", "test_footprints_commute_unless_one_writes_what_the_other_touches"),
        ),
    )


def _adapters() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "runs-share-their-rows",
            "simulator/adapters/sqlite_store.py",
            "        self.restore()\n        with self.functions",
            "        with self.functions",
            "one run's rows would be another run's duplicates",
            _test("adapters/test_aiosqlite_inline", "test_runs_on_one_kept_engine_do_not_know_each_other"),
        ),
        Mutant(
            "every-node-reads-one-clock",
            "simulator/adapters/frozen_time.py",
            "with self.driven_by(lambda: clock.now().replace(tzinfo=None)",
            "with self.driven_by(lambda: clock.base.replace(tzinfo=None)",
            "skew would be invisible to the code under test",
            _test("adapters/test_frozen_time", "test_each_node_reads_its_own_skewed_clock"),
        ),
        Mutant(
            "sqlite-waits-for-nobody",
            "simulator/adapters/statement_queue.py",
            "            if delay_s is not None:\n",
            "            if delay_s is not None and job.attempts > 99:\n",
            "a writer would fail where production waits for the lock",
            _test("adapters/test_aiosqlite_inline", "test_a_waiting_writer_goes_on_when_the_lock_is_free"),
        ),
        Mutant(
            "statements-are-no-choice",
            "simulator/adapters/statement_queue.py",
            '                self._ask(job, "", self._footprint.of(job.text), self._attempt, job)\n',
            "                self._attempt(job)\n",
            "a search that never interleaves two statements finds no race",
            _test(
                "adapters/test_aiosqlite_inline",
                "test_every_statement_asks_the_scheduler_before_it_runs_and_before_it_replies",
            ),
        ),
    )
