"""What a campaign has done already: a file of JSON lines, one for each finished block, that survives a kill.

Its name holds what the results depend on (see `provenance`), so a ledger of other code is never read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.errors import UsageError
from scenarios.storm.block import Tally, tally_from_json
from scenarios.storm.provenance import provenance

FOLDER = Path(".slotproof")

Block = tuple[int, int]


class Ledger:
    """Finished blocks by their seeds. One process writes; a line that a kill broke off is dropped."""

    def __init__(self, path: Path) -> None:
        """Read what is there, and make sure that more can be written: UsageError otherwise."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            self.done: dict[Block, Tally] = dict(_read(path))
        except OSError as problem:
            raise UsageError(f"cannot keep what is finished in {path}: {problem.strerror}") from None
        self.path = path

    def write(self, block: Block, tally: Tally) -> None:
        """Note a finished block, at once."""
        self.done[block] = tally
        line = json.dumps({"block": block, "tally": tally.to_json()}, separators=(",", ":"))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")  # the line break comes first, so that a broken line spoils no other


def ledger_path(context: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Where the ledger of these settings and this very code is."""
    return folder / f"sweep-{provenance(context)}.jsonl"


def _read(path: Path) -> list[tuple[Block, Tally]]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            data = json.loads(line)
            first, end = data["block"]
            found.append(((int(first), int(end)), tally_from_json(data["tally"])))
        except (ValueError, LookupError, TypeError):
            continue  # broken off by a kill: its seeds are run again
    return found
