"""A campaign: many seeds of one storm, in blocks, added up; preceded by a canary that must fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scenarios.storm.block import StormFinding, Tally, blocks_of, sum_of
from scenarios.storm.ledger import Block, Ledger
from scenarios.storm.settings import StormSettings
from scenarios.storm.storm import Storm
from scenarios.storm.workers import Workers
from scenarios.theatre import Theatre

CANARY_SEEDS_MAX = 40  # `unprotected` shows a duplicate in most seeds; a blind harness in none
_CANARY = "no duplicate"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What came of it. `curve` is (seeds, distinct conflict orders) after each block, in the order of the seeds."""

    total: Tally
    curve: tuple[tuple[int, int], ...]

    @property
    def new_orders_share(self) -> float | None:
        """Which share of the last tenth of the blocks' seeds showed a new conflict order; near 0 means saturated.

        None: a single block has nothing before it to compare with.
        """
        if len(self.curve) < 2:
            return None
        then = self.curve[-1 - max(1, len(self.curve) // 10)]
        return (self.curve[-1][1] - then[1]) / max(1, self.curve[-1][0] - then[0])

    @property
    def gravest(self) -> StormFinding | None:
        """Safety before liveness, and both before a run without verdict; of these the lowest seed."""
        return min(self.total.findings, key=lambda found: (found.status, found.seed), default=None)


def run_campaign(
    settings: StormSettings,
    seeds: tuple[int, int],
    ledger: Ledger,
    workers: Workers,
    on_block: Callable[[int], None] = lambda _: None,
) -> Campaign:
    """Every seed from the first to before the end, except those in the ledger; `on_block` hears how many are done."""
    blocks = blocks_of(*seeds)
    for first, end in blocks:
        if (first, end) in ledger.done:
            on_block(end - first)
    left = [block for block in blocks if block not in ledger.done]
    for block, tally in workers(settings.to_context(), left) if left else ():
        ledger.write(block, tally)
        on_block(block[1] - block[0])
    return add_up(blocks, ledger)


def add_up(blocks: list[Block], ledger: Ledger) -> Campaign:
    """The blocks' tallies as one campaign, whoever ran them and when."""
    orders: set[str] = set()
    curve, seeds = [], 0
    for block in blocks:
        orders |= ledger.done[block].orders
        seeds += ledger.done[block].seeds
        curve.append((seeds, len(orders)))
    return Campaign(sum_of(ledger.done[block] for block in blocks), tuple(curve))


def canary(settings: StormSettings) -> int | None:
    """The first seed at which the same storm breaks a core without any defence; None: the harness sees nothing."""
    with Theatre() as theatre:
        storm = Storm(theatre, replace(settings, profile="unprotected", identity=None, without=frozenset()))
        for seed in range(CANARY_SEEDS_MAX):
            if any(f.checker == _CANARY and f.reasons for f in storm.run_seed(seed).findings):
                return seed
    return None
