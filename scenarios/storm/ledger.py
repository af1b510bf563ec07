"""What a campaign has done already: a file of JSON lines, one for each finished block, that survives a kill.

Its name holds what the results depend on: the settings, the versions, and the programs' own source. So a ledger of
other code is never read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from scenarios.storm.block import Tally, tally_from_json
from simulator.recording import versions

FOLDER = Path(".slotproof")
_PACKAGES = ("booking_core", "fake_calcom", "scenarios", "simulator")

Block = tuple[int, int]


class Ledger:
    """Finished blocks by their seeds. One process writes; a line that a kill broke off is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done: dict[Block, Tally] = dict(_read(path)) if path.exists() else {}

    def write(self, block: Block, tally: Tally) -> None:
        """Note a finished block, at once."""
        self.done[block] = tally
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"block": block, "tally": tally.to_json()}, ensure_ascii=False, separators=(",", ":"))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")  # the line break comes first, so that a broken line spoils no other


def ledger_path(context: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Where the ledger of these settings and this very code is."""
    digest = blake2b(json.dumps([context, versions()], sort_keys=True, default=str).encode(), digest_size=8)
    root = Path(__file__).parents[2]
    for package in _PACKAGES:
        for source in sorted((root / package).rglob("*.py")):
            digest.update(source.read_bytes())
    return folder / f"sweep-{digest.hexdigest()}.jsonl"


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
