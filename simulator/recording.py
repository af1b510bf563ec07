"""A run as a file: enough to see it again, and to notice when it is no longer the same run."""

from __future__ import annotations

import json
import platform
import sqlite3
from dataclasses import asdict, dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from simulator.choices import Decision
from simulator.errors import RecordingError
from simulator.schedulers.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.simulation import RunResult

FORMAT = "slotproof-recording/1"
_SIZE_MAX = 64 * 1024 * 1024
"""Bytes of a recording that will be read: a million decisions fit."""
_SHAPING = ("aiohttp", "aiosqlite", "freezegun", "SQLAlchemy", "tzdata")
"""Packages whose version changes which questions a run asks."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One run: its seed, every decision, and what it came to.

    `decisions` are the answers that lead to this digest; `full` are those of the run it was shrunk
    from, when it was. `context` is for whoever made the run: scenario, profile, faults.
    """

    seed: int
    decisions: tuple[Decision, ...]
    digest: str
    verdict: str
    reason: str = ""
    full: tuple[Decision, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def replay(self) -> Replay:
        """A scheduler that leads through the same run, or raises ReplayDivergedError where it cannot."""
        return Replay(self.decisions)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        data = asdict(self)
        data["decisions"] = [_flat(decision) for decision in self.decisions]
        data["full"] = [_flat(decision) for decision in self.full]
        return {"format": FORMAT, **data}

    def save(self, path: Path) -> None:
        """Write the file."""
        path.write_text(json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def record(result: RunResult, *, full: Sequence[Decision] = (), context: Mapping[str, Any] | None = None) -> Recording:
    """The recording of a run that has just ended."""
    return Recording(
        seed=result.seed,
        decisions=result.decisions,
        digest=result.digest,
        verdict=str(result.verdict),
        reason=result.reason,
        full=tuple(full),
        context=dict(context or {}),
        versions=versions(),
    )


def load(path: Path) -> Recording:
    """Read a recording, or the one inside a bundle. Raises RecordingError that says what is wrong."""
    try:
        if path.stat().st_size > _SIZE_MAX:
            msg = f"{path}: larger than {_SIZE_MAX} bytes"
            raise RecordingError(msg)
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as a recording: {error}"
        raise RecordingError(msg) from error
    if isinstance(data, dict) and "recording" in data:  # a bundle
        data = data["recording"]
    return from_json(data, str(path))


def from_json(data: Any, where: str = "recording") -> Recording:
    """The recording from JSON values. Raises RecordingError."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else type(data).__name__
        msg = f"{where}: expected format {FORMAT!r}, found {found!r}"
        raise RecordingError(msg)
    try:
        return Recording(
            seed=int(data["seed"]),
            decisions=tuple(_decision(each) for each in data["decisions"]),
            digest=str(data["digest"]),
            verdict=str(data["verdict"]),
            reason=str(data["reason"]),
            full=tuple(_decision(each) for each in data["full"]),
            context=dict(data["context"]),
            versions=dict(data["versions"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{where}: {type(error).__name__} at {error}"
        raise RecordingError(msg) from error


def versions() -> dict[str, str]:
    """What shapes a run beside the code: Python, SQLite, and the packages whose questions are recorded."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for package in _SHAPING:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _flat(decision: Decision) -> list[Any]:
    return [
        decision.stream, decision.label, decision.n, decision.chosen, list(decision.options), decision.preempts,
    ]  # fmt: skip


def _decision(data: Any) -> Decision:
    stream, label, n, chosen, options, preempts = data
    if not 0 <= int(chosen) < int(n):
        msg = f"decision {data!r}: {chosen} of {n}"
        raise ValueError(msg)
    return Decision(str(stream), str(label), int(n), int(chosen), tuple(map(str, options)), bool(preempts))
