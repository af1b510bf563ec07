"""A campaign adds up the same however it is split, goes on after a kill, and has a canary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.cli.sweep_command import read_seeds
from scenarios.errors import UsageError
from scenarios.storm.block import SEEDS_MAX, StormFinding, Tally, blocks_of, run_block, sum_of, tally_from_json
from scenarios.storm.campaign import Campaign, canary, run_campaign
from scenarios.storm.checkers import LIVENESS
from scenarios.storm.ledger import Block, Ledger, ledger_path
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


def test_the_canary_fails_as_it_must() -> None:
    assert canary(SETTINGS) is not None


def test_safety_comes_before_liveness() -> None:
    findings = [
        StormFinding(1, (LIVENESS,), ""),
        StormFinding(2, (), "the harness broke"),
        StormFinding(3, (LIVENESS, "no duplicate"), ""),
    ]
    campaign = Campaign(Tally(findings=findings), ())

    found = [campaign.first(safety=True), campaign.first(safety=False)]

    assert [one.seed for one in found if one] == [3, 1]


def test_saturation_is_the_share_of_new_orders_at_the_end() -> None:
    assert Campaign(Tally(), ((100, 90), (200, 100))).new_orders_share == 0.1
    assert Campaign(Tally(), ((100, 90),)).new_orders_share == 1.0


@pytest.mark.parametrize("text", ["", "7", "a:b", "5:5", "9:3", "-1:4", "0:1:2", "0:9999999999999"])
def test_seeds_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--seeds"):
        read_seeds(text)
