"""The planted bugs fit the tree as it is, two samples are caught, and the judge of judges is not fooled."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.mutants.__main__ import report, unhealthy
from scenarios.mutants.catalogue import mutants
from scenarios.mutants.mutant import CommandCheck, Mutant, MutantError, PytestCheck, mistakes, planted
from scenarios.mutants.runner import LIMIT_S, Ended, Runner
from scenarios.mutants.workshop import Fate, Result, Workshop, fate_of, workshop

ROOT = Path(__file__).parents[3]
SAMPLES = ("freshness-refuses-the-boundary", "skew-has-the-wrong-sign")


def sample(name: str) -> Mutant:
    return next(mutant for mutant in mutants() if mutant.id == name)


def test_at_least_forty_bugs_are_planted_and_every_one_fits_the_tree() -> None:
    assert len(mutants()) >= 40
    assert list(mistakes(mutants(), ROOT)) == []


def test_two_samples_are_caught_by_the_checks_they_name() -> None:
    with workshop(ROOT) as shop:
        fates = {name: shop.try_one(sample(name)).fate for name in SAMPLES}

    assert fates == dict.fromkeys(SAMPLES, Fate.KILLED)


def test_a_change_that_breaks_nothing_survives() -> None:
    harmless = replace(sample(SAMPLES[0]), id="harmless", new="stale = settings.threshold_s < age_s")

    with workshop(ROOT) as shop:
        fate = shop.try_one(harmless).fate

    assert fate is Fate.SURVIVED


def test_the_working_tree_is_not_touched() -> None:
    file = ROOT / sample(SAMPLES[0]).file
    before = file.read_bytes()

    planted(sample(SAMPLES[0]), ROOT)

    assert file.read_bytes() == before


def test_text_that_is_no_longer_there_is_named() -> None:
    stale = replace(sample(SAMPLES[0]), id="stale", old="gone by now")

    with pytest.raises(MutantError, match="stale: the old text stands 0 times"):
        planted(stale, ROOT)


def test_every_mistake_of_a_catalogue_is_told_at_once() -> None:
    good = sample(SAMPLES[0])
    wrong = (
        good,
        replace(good, file="nowhere.py"),
        replace(good, id="no-python", new="stale = ="),
        replace(good, id="no-test", check=PytestCheck("tests/scenarios/mutants/test_mutants.py::test_nothing")),
    )

    told = "\n".join(mistakes(wrong, ROOT))

    assert f"{good.id}: the id stands twice" in told
    assert "there is no file nowhere.py" in told
    assert "no-python: booking_core/defences/freshness.py is no Python any more" in told
    assert "no-test: there is no test" in told


@pytest.mark.parametrize(
    ("status", "of_a_test", "of_a_command"),
    [
        (0, Fate.SURVIVED, Fate.SURVIVED),
        (1, Fate.KILLED, Fate.BROKEN),  # a command that ends with a traceback proves nothing
        (2, Fate.BROKEN, Fate.BROKEN),
        (4, Fate.BROKEN, Fate.BROKEN),
        (10, Fate.BROKEN, Fate.KILLED),
        (12, Fate.BROKEN, Fate.KILLED),
        (None, Fate.TIMED_OUT, Fate.TIMED_OUT),
    ],
)
def test_only_a_check_that_says_no_has_caught_it(status: int | None, of_a_test: Fate, of_a_command: Fate) -> None:
    ended = Ended(status, 1.0, "")

    assert fate_of(PytestCheck("any"), ended) is of_a_test
    assert fate_of(CommandCheck("any"), ended) is of_a_command


def test_a_check_that_hangs_is_ended(tmp_path: Path) -> None:
    ended = Runner().run([sys.executable, "-c", "import threading; threading.Event().wait()"], tmp_path, limit_s=0.5)

    assert ended.status is None


def test_who_stops_the_runner_ends_the_check_and_what_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    grandchild = "import threading; file = open('alive', 'w'); threading.Event().wait()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    runner = Runner()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(runner.run, [sys.executable, "-c", child], tmp_path)
        with (tmp_path / "alive").open() as heard:  # opens when the grandchild lives, ends when it does not
            runner.stop()
            heard.read()

    assert ended.result().status is None
    assert runner.run([sys.executable, "-c", "pass"], tmp_path).status is None, "no other check begins"


class SlowRunner(Runner):
    """Every check takes longer than it may."""

    def run(self, command: list[str], tree: Path, limit_s: float = LIMIT_S) -> Ended:
        del command, tree
        return Ended(None, limit_s, "")


def test_a_healthy_check_that_runs_out_of_time_is_named(tmp_path: Path) -> None:
    tested = replace(sample(SAMPLES[0]), check=PytestCheck("tests/any.py::test_any"))
    commanded = replace(tested, check=CommandCheck("list"))

    told = unhealthy(Workshop(tmp_path, SlowRunner()), (tested, commanded))

    assert told == [
        "the tests, 1 in one run\nran out of time after 600 s",
        "slotproof list\nran out of time after 180 s",
    ]


def test_the_report_names_the_killer_and_the_survivor() -> None:
    killed = Result(sample(SAMPLES[0]), Fate.KILLED, Ended(1, 2.0, ""))
    survived = Result(sample(SAMPLES[1]), Fate.SURVIVED, Ended(0, 3.0, "1 of 1 as expected"))

    told = "\n".join(report([killed, survived]))

    assert "test_accepts_booking_at_30_second_boundary" in told
    assert "1 of 1 as expected" in told
    assert "score: 1 of 2 planted bugs caught (50 %)" in told
