"""What a tally keeps of runs that are not valid: the same however the seeds were split, and something of each kind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenarios.cli.exit_codes import ExitCode
from scenarios.storm.block import FINDINGS_MAX, Tally, sum_of, tally_from_json
from scenarios.storm.checkers import LIVENESS
from simulator.checker import Finding, Verdict
from simulator.clock import VirtualTime
from simulator.errors import DeadlockError
from simulator.history import History
from simulator.simulation import RunResult
from simulator.trace import Trace

VALID, SAFETY, LATE, HANG, UNDECIDED = range(5)
ENDS = {
    VALID: (Verdict.VALID, "no duplicate", None),
    SAFETY: (Verdict.INVALID, "no duplicate", None),
    LATE: (Verdict.INVALID, LIVENESS, None),
    HANG: (Verdict.INVALID, None, DeadlockError("everybody waits")),
    UNDECIDED: (Verdict.UNKNOWN, "one order", None),
}


def run_of(seed: int, kind: int) -> RunResult:
    verdict, checker, error = ENDS[kind]
    return RunResult(
        seed=seed,
        verdict=verdict,
        findings=() if checker is None else (Finding(checker, verdict),),
        error=error,
        value=None,
        digest=f"{seed:032x}",
        steps=1,
        choice_points=1,
        virtual_s=1.0,
        wall_s=1.0,
        history=History(VirtualTime(), Trace(VirtualTime())),
        decisions=(),
    )


def tally_of(kinds: list[int], first: int = 0) -> Tally:
    tally = Tally()
    for seed, kind in enumerate(kinds, first):
        tally.add_run(run_of(seed, kind))
    return tally_from_json(tally.to_json())


@given(kinds=st.lists(st.sampled_from(list(ENDS)), max_size=120), data=st.data())
def test_a_split_keeps_the_same_findings(kinds: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(kinds)))

    parts = [tally_of(kinds[cut:], cut), tally_of(kinds[:cut])]

    assert sum_of(parts).to_json() == tally_of(kinds).to_json()


def test_many_of_one_kind_push_out_none_of_another() -> None:
    tally = tally_of([LATE] * (FINDINGS_MAX + 5) + [UNDECIDED] * 50 + [SAFETY])

    kept = [found.status for found in tally.findings]

    assert kept.count(ExitCode.SAFETY_VIOLATED) == 1
    assert kept.count(ExitCode.LIVENESS_VIOLATED) == kept.count(ExitCode.INCONCLUSIVE) == FINDINGS_MAX
    assert tally.objections == {LIVENESS: FINDINGS_MAX + 5, "no duplicate": 1}


def test_who_hangs_has_not_come_to_an_end() -> None:
    (found,) = tally_of([HANG]).findings

    assert (found.status, found.checkers) == (ExitCode.LIVENESS_VIOLATED, ())
    assert "everybody waits" in found.reason


def test_a_checker_that_cannot_tell_does_not_object() -> None:
    tally = tally_of([UNDECIDED])

    assert [(found.status, found.checkers) for found in tally.findings] == [(ExitCode.INCONCLUSIVE, ())]
    assert not tally.objections
