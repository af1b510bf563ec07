"""Who runs the blocks: this process, a process for each core, or a Dask cluster. All give the same results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from typing import Any, Protocol

from scenarios.errors import UsageError
from scenarios.pools import process_pool
from scenarios.storm.block import Tally, run_block, run_block_apart, tally_from_json
from scenarios.storm.ledger import Block
from scenarios.storm.provenance import provenance


class Workers(Protocol):
    """Runs blocks, in any order."""

    def __call__(self, context: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[Block, Tally]]:
        """Each block with its tally, as they finish."""


def here(context: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[Block, Tally]]:
    """One after the other, in this process."""
    for block in blocks:
        yield block, tally_from_json(run_block(context, block))


class Processes:
    """So many processes."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __call__(self, context: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[Block, Tally]]:
        """Each block with its tally, as they finish; PerformanceFailedError when a process was killed."""
        with process_pool(min(self._count, max(1, len(blocks)))) as pool:
            running = {pool.submit(run_block, dict(context), block): block for block in blocks}
            for done in as_completed(running):
                yield running[done], tally_from_json(done.result())


class DaskCluster:
    """A running Dask cluster whose workers have this package installed."""

    def __init__(self, address: str, timeout_s: float = 10.0) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def __call__(self, context: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[Block, Tally]]:
        """Each block with its tally, as they finish; UsageError when there is no such cluster, or it has other code."""
        try:
            import distributed
        except ModuleNotFoundError:
            raise UsageError("--dask needs the package distributed: install slotproof[cluster]") from None
        try:
            client: Any = distributed.Client(self._address, timeout=self._timeout_s)  # type: ignore[no-untyped-call]  # theirs
        except (OSError, ValueError) as problem:
            raise UsageError(f"--dask {self._address}: no cluster answers there ({problem})") from None
        with client:
            ours = provenance(context)
            running = {
                client.submit(run_block_apart, dict(context), block, ours, pure=False): block for block in blocks
            }
            for done in distributed.as_completed(running):  # type: ignore[no-untyped-call]  # theirs
                yield running[done], tally_from_json(done.result())
