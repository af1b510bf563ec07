"""A campaign adds up the same however it is split, goes on after a kill, and has a canary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.cli.exit_codes import ExitCode
from scenarios.cli.sweep_command import read_seeds
from scenarios.errors import PerformanceFailedError, UsageError
from scenarios.storm.block import (
    SEEDS_MAX,
    StormFinding,
    Tally,
    blocks_of,
    run_block,
    run_block_apart,
    sum_of,
    tally_from_json,
)
from scenarios.storm.campaign import Campaign, canary, run_campaign
from scenarios.storm.checkers import LIVENESS
from scenarios.storm.ledger import Block, Ledger, ledger_path
from scenarios.storm.provenance import provenance
from scenarios.storm.settings import StormSettings
from scenarios.storm.workers import Processes, here

SETTINGS = StormSettings()
CONTEXT = SETTINGS.to_context()


class CountingWorkers:
    """Counts the blocks that it is given, and answers for each of its seeds with nothing."""

    def __init__(self) -> None:
        self.given: list[Block] = []

    def __call__(self, context: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[Block, Tally]]:
        assert context == CONTEXT
        for block in blocks:
            self.given.append(block)
            yield block, Tally(seeds=block[1] - block[0], digest=sum(range(*block)))


@given(first=st.integers(0, 1_000), count=st.integers(1, 1_000))
def test_blocks_cover_every_seed_once_and_ranges_share_them(first: int, count: int) -> None:
    blocks = blocks_of(first, first + count)

    assert [seed for block in blocks for seed in range(*block)] == list(range(first, first + count))
    assert all(start % SEEDS_MAX == 0 for start, _ in blocks[1:])


def test_a_split_changes_no_sum() -> None:
    whole = tally_from_json(run_block(CONTEXT, (0, 6)))
    parts = sum_of(tally_from_json(run_block(CONTEXT, block)) for block in [(4, 6), (0, 4)])

    assert whole.to_json() == parts.to_json()


def test_other_processes_give_the_same_results() -> None:
    blocks = [(0, 2), (2, 4)]

    assert dict(Processes(2)(CONTEXT, blocks)) == dict(here(CONTEXT, blocks))


def test_a_campaign_goes_on_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "sweep.jsonl"
    run_campaign(SETTINGS, (0, 2 * SEEDS_MAX), Ledger(path), CountingWorkers())
    path.write_text(path.read_text()[:-9])  # the kill broke the last line off
    again = CountingWorkers()

    campaign = run_campaign(SETTINGS, (0, 3 * SEEDS_MAX), Ledger(path), again)

    assert again.given == [(SEEDS_MAX, 2 * SEEDS_MAX), (2 * SEEDS_MAX, 3 * SEEDS_MAX)]
    assert campaign.total.digest == sum(range(3 * SEEDS_MAX))
    assert campaign.curve[-1] == (3 * SEEDS_MAX, 0)


def test_ledgers_of_other_settings_are_other_files(tmp_path: Path) -> None:
    other = StormSettings("deployed").to_context()

    assert ledger_path(CONTEXT, tmp_path) == ledger_path(CONTEXT, tmp_path)
    assert ledger_path(CONTEXT, tmp_path) != ledger_path(other, tmp_path)


def test_a_ledger_of_other_code_is_another_file(tmp_path: Path) -> None:
    source = tmp_path / "booking_core" / "domain" / "rules.py"
    source.parent.mkdir(parents=True)
    source.write_text("LIMIT = 30\n")
    before = provenance(CONTEXT, tmp_path)

    source.write_text("LIMIT = 31\n")

    assert provenance(CONTEXT, tmp_path) != before
    assert provenance(CONTEXT) in ledger_path(CONTEXT).name


def test_a_machine_with_other_code_takes_no_part() -> None:
    with pytest.raises(UsageError, match="has other code or versions"):
        run_block_apart(CONTEXT, (0, 1), "0123456789abcdef")


def test_a_block_that_breaks_elsewhere_is_told_with_its_seeds_and_why() -> None:
    nobodys = CONTEXT | {"profile": "nobody"}

    with pytest.raises(PerformanceFailedError, match=r"^seeds 4 to 5: .*nobody"):
        run_block_apart(nobodys, (4, 6), provenance(nobodys))


@pytest.mark.parametrize("missing", range(1, 40))
def test_a_line_that_is_broken_off_anywhere_spoils_no_other(missing: int, tmp_path: Path) -> None:
    path = tmp_path / "sweep.jsonl"
    ledger = Ledger(path)
    ledger.write((0, 1), Tally(seeds=1))
    broken = StormFinding(1, ExitCode.SAFETY_VIOLATED, ("no duplicate",), "told „gebucht“")
    ledger.write((1, 2), Tally(seeds=1, findings=[broken]))
    whole = path.read_bytes()

    path.write_bytes(whole[: whole.index(b"no duplicate") + missing])

    assert list(Ledger(path).done) == [(0, 1)]


def test_what_is_finished_cannot_be_kept_is_told_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="cannot keep what is finished in"):
        Ledger(tmp_path / "file" / "sweep.jsonl")


def test_the_canary_fails_as_it_must() -> None:
    assert canary(SETTINGS) is not None


def test_safety_is_graver_than_liveness_and_both_than_no_verdict() -> None:
    findings = [
        StormFinding(1, ExitCode.INCONCLUSIVE, (), "the harness broke"),
        StormFinding(2, ExitCode.LIVENESS_VIOLATED, (LIVENESS,), ""),
        StormFinding(4, ExitCode.SAFETY_VIOLATED, (LIVENESS, "no duplicate"), ""),
        StormFinding(3, ExitCode.SAFETY_VIOLATED, ("no ghost",), ""),
    ]

    gravest = [Campaign(Tally(findings=findings[:count]), ()).gravest for count in range(5)]

    assert [found and found.seed for found in gravest] == [None, 1, 2, 4, 3]


def test_saturation_is_the_share_of_new_orders_at_the_end() -> None:
    assert Campaign(Tally(), ((100, 90), (200, 100))).new_orders_share == 0.1


def test_a_single_block_says_nothing_about_saturation() -> None:
    assert Campaign(Tally(), ((100, 90),)).new_orders_share is None


@pytest.mark.parametrize("text", ["", "7", "a:b", "5:5", "9:3", "-1:4", "0:1:2", "0:9999999999999", "0:100000001"])
def test_seeds_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--seeds"):
        read_seeds(text)
