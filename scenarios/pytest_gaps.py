"""What a suite never met of the fake, in lines: one for each operation it used, or for every operation in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.coverage import LOSSES, WRITING_METHODS, Meeting
from fake_calcom.openapi.document import documented_statuses
from fake_calcom.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.coverage import Coverage

MORE = "--calcom-gaps tells of every operation"


def gap_lines(coverage: Coverage, *, in_full: bool) -> list[str]:
    """Return the gaps, e.g. `createBooking  never met 409, 429; a lost answer`; empty when there is none."""
    used = {meeting.operation for meeting in coverage.met}
    statuses = documented_statuses(ROUTES)
    writers = {route.operation for route in ROUTES if route.method in WRITING_METHODS}
    gaps = coverage.gaps(statuses, sorted(writers))
    lines = [_line(name, [gap for gap in gaps if gap.operation == name]) for name in sorted(used & set(statuses))]
    if in_full:
        lines += [f"{name}  never called" for name in sorted(set(statuses) - used)]
    kept = [line for line in lines if line]
    return kept if in_full or not kept else [*kept, MORE]


def _line(operation: str, gaps: Iterable[Meeting]) -> str:
    statuses = [str(gap.status) for gap in gaps if not gap.fault]
    losses = [LOSSES[gap.fault] for gap in gaps if gap.fault]
    told = "; ".join(part for part in (", ".join(statuses), ", ".join(losses)) if part)
    return f"{operation}  never met {told}" if told else ""
