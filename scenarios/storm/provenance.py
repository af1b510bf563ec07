"""What a storm's results depend on, as one number: the settings, the versions, and the programs' own source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from simulator.recording import versions

ROOT = Path(__file__).parents[2]
_PACKAGES = ("booking_core", "fake_calcom", "scenarios", "simulator")


def provenance(context: Mapping[str, Any], root: Path = ROOT) -> str:
    """In hexadecimal digits. Equal numbers: the same seeds give the same results, on any machine."""
    digest = blake2b(json.dumps([context, versions()], sort_keys=True, default=str).encode(), digest_size=8)
    for package in _PACKAGES:
        for source in sorted((root / package).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()
