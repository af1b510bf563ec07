"""What a diagram is made of: lanes, and steps on them or between them. Plain data that becomes JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

GATEWAY = "gateway"
GATEWAY_2 = "gateway2"
CALCOM = "calcom"
DATABASE = "database"
ORDER = "order"  # no place in the system: a decision of the scheduler


@dataclass(frozen=True, slots=True)
class Lane:
    """One vertical line. `note` is what stands below its name."""

    id: str
    name: str
    note: str = ""


@dataclass(slots=True)
class Step:
    """Something that happened: a message when `target` is set, else a note on its lane.

    `at_ms` is the gateway's clock, Unix milliseconds. `kind` is message, verdict, database, note, mail or order.
    """

    kind: str
    at_ms: float
    source: str
    label: str
    target: str | None = None
    detail: str = ""
    tone: str = "plain"
    is_lost: bool = False
    is_answer: bool = False
    call: str = ""
    wire: str = ""
    body: str = ""

    def to_json(self) -> dict[str, Any]:
        """Without what is empty: a report holds many of these."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False)}
