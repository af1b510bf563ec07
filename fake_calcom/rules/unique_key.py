"""The unique column of a booking: what an INSERT must not repeat.

Source: Cal.com, the Prisma extension for the booking's idempotencyKey. A row that is cancelled or rejected
gives its key up; a pending row has none and gets none when it is confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.generations import UniqueKey
from fake_calcom.state.bookings import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.generations import Generation


def unique_key(
    generation: Generation,
    *,
    event_type_id: int,
    start_ms: int,
    end_ms: int,
    host_id: int,
    emails: Iterable[str],
    status: str,
    reassigned_by: int | None = None,
) -> str | None:
    """Return the key of a new row, or None when it has none."""
    if generation.unique_key is UniqueKey.ATTENDEES:
        return f"{event_type_id}.{start_ms}.{end_ms}.{','.join(sorted(emails))}"
    if status != ACCEPTED:
        return None
    if generation.unique_key is UniqueKey.HOST_AND_TYPE:
        return f"{event_type_id}.{start_ms}.{end_ms}.{host_id}"
    reassigned = "" if reassigned_by is None else f".{reassigned_by}"
    return f"{start_ms}.{end_ms}.{host_id}{reassigned}"
