"""A block of seeds: the unit of work of a campaign, and what came of it in a form that can be sent and stored."""

from __future__ import annotations

import gc
import json
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby, islice, pairwise
from typing import Any

from scenarios.cli.exit_codes import ExitCode
from scenarios.errors import PerformanceFailedError, UsageError
from scenarios.run_status import objecting_to, status_of
from scenarios.storm.provenance import provenance
from scenarios.storm.settings import settings_from_context
from scenarios.storm.storm import Storm
from scenarios.theatre import Theatre
from simulator.checker import Verdict
from simulator.coverage import conflict_order
from simulator.simulation import RunResult

SEEDS_MAX = 100
FINDINGS_MAX = 20  # kept in words for each status, those of the lowest seeds; all are counted
REASON_CHARS_MAX = 600
_DIGEST_BITS = 128


@dataclass(frozen=True, slots=True)
class StormFinding:
    """One seed that is not valid: what its run comes to, and which checkers object (none to a hang)."""

    seed: int
    status: ExitCode
    checkers: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class Tally:
    """What some seeds came to. Tallies add up to the same sum however the seeds were split and ordered."""

    seeds: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    objections: Counter[str] = field(default_factory=Counter)  # how many seeds each checker objects to
    goals: Counter[str] = field(default_factory=Counter)
    findings: list[StormFinding] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)  # distinct conflict orders
    choice_points: int = 0
    digest: int = 0  # the sum of all digests: equal for equal campaigns

    def add_run(self, result: RunResult) -> None:
        """Count one more seed."""
        objecting = objecting_to(result)
        self.seeds += 1
        self.verdicts[str(result.verdict)] += 1
        self.objections.update(objecting)
        self.goals.update(result.reached)
        if result.verdict is not Verdict.VALID:
            reason = result.reason[:REASON_CHARS_MAX]
            self._keep([StormFinding(result.seed, status_of(result), objecting, reason)])
        self.orders.add(conflict_order(result.touches))
        self.choice_points += result.choice_points
        self._add_digest(int(result.digest, 16))

    def add(self, other: Tally) -> None:
        """Count what others counted."""
        self.seeds += other.seeds
        self.verdicts.update(other.verdicts)
        self.objections.update(other.objections)
        self.goals.update(other.goals)
        self._keep(other.findings)
        self.orders |= other.orders
        self.choice_points += other.choice_points
        self._add_digest(other.digest)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, in one order."""
        return {
            "seeds": self.seeds,
            "verdicts": dict(sorted(self.verdicts.items())),
            "objections": dict(sorted(self.objections.items())),
            "goals": dict(sorted(self.goals.items())),
            "findings": [asdict(finding) for finding in self.findings],
            "orders": sorted(self.orders),
            "choice_points": self.choice_points,
            "digest": f"{self.digest:032x}",
        }

    def _keep(self, more: list[StormFinding]) -> None:
        found = sorted([*self.findings, *more], key=lambda each: (each.status, each.seed))
        groups = groupby(found, key=lambda each: each.status)
        self.findings = [each for _, alike in groups for each in islice(alike, FINDINGS_MAX)]

    def _add_digest(self, digest: int) -> None:
        self.digest = (self.digest + digest) % (1 << _DIGEST_BITS)


def tally_from_json(data: Mapping[str, Any]) -> Tally:
    """The tally that `to_json` wrote; LookupError, TypeError or ValueError when it is none."""
    return Tally(
        seeds=int(data["seeds"]),
        verdicts=Counter(data["verdicts"]),
        objections=Counter(data["objections"]),
        goals=Counter(data["goals"]),
        findings=[
            StormFinding(found["seed"], ExitCode(found["status"]), tuple(found["checkers"]), found["reason"])
            for found in data["findings"]
        ],
        orders=set(data["orders"]),
        choice_points=int(data["choice_points"]),
        digest=int(data["digest"], 16),
    )


def blocks_of(first: int, end: int, size: int = SEEDS_MAX) -> list[tuple[int, int]]:
    """The seeds from `first` to before `end` in blocks that begin at multiples of `size`, so that ranges share them."""
    edges = sorted({first, end, *range(first - first % size + size, end, size)})
    return list(pairwise(edges))


def run_block(context: Mapping[str, Any], block: tuple[int, int]) -> dict[str, Any]:
    """Raise every storm of a block; a function of its arguments alone, so that any process may do it."""
    tally = Tally()
    with Theatre() as theatre:
        storm = Storm(theatre, settings_from_context(context))
        for seed in range(*block):
            tally.add_run(storm.run_seed(seed))
            gc.collect(1)  # the collector is off while a run lasts, so it comes too rarely to keep memory flat
    return tally.to_json()


def run_block_apart(context: Mapping[str, Any], block: tuple[int, int], expected: str) -> dict[str, Any]:
    """As `run_block`, in a process of its own: for callers whose process has threads and sockets that must go on.

    A simulation fences the whole process it runs in. `expected` is the provenance of whoever asks: UsageError when
    this machine's is another. Raises PerformanceFailedError when the block broke.
    """
    here = provenance(context)
    if here != expected:
        host = platform.node()
        raise UsageError(f"the worker on {host} has other code or versions ({here}) than this process ({expected})")
    command = [sys.executable, "-m", "scenarios.storm.block", json.dumps([dict(context), block])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise PerformanceFailedError(f"seeds {block[0]} to {block[1] - 1}: {lines[-1]}")
    tally: dict[str, Any] = json.loads(done.stdout)
    return tally


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """All of them as one."""
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_block(*json.loads(sys.argv[1]))))
