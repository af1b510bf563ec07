"""Calls and appointments that have lost each other: which there are, and what would join them. Pure decisions.

Two things went wrong in production. A call that booked was never told its appointment (682: the link went one way
only). A call that met its customer's own earlier booking was not linked at all (766).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from booking_core.domain.model import Appointment, Call, CallRelation


@dataclass(frozen=True, slots=True)
class MissingLink:
    """A call that should be linked to an appointment, and how it stands to it."""

    call_id: int
    appointment_id: int
    relation: CallRelation
    original_call_id: int | None

    def metadata(self, at: datetime) -> dict[str, Any] | None:
        """What a duplicate attempt leaves in `calls.booking_metadata`; None for the call that booked."""
        if self.relation is CallRelation.ORIGINAL:
            return None
        return {
            "duplicate_attempt": True,
            "original_booking_call_id": self.original_call_id,
            "backfilled_at": at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class OrphanCall:
    """A call that asked for an appointment and has none; `link` is what would help, `reason` says why or why not."""

    call_id: int
    link: MissingLink | None
    reason: str


class Ledger:
    """What is stored, as far as links go.

    `duplicates` are ids of appointments whose booking belongs to an older one; once settled they have no booking at
    all. Nobody is linked to either. `related` holds the (appointment, call) pairs that `appointment_calls` knows as
    original.
    """

    def __init__(
        self, appointments: Iterable[Appointment], duplicates: Collection[int], related: Collection[tuple[int, int]]
    ) -> None:
        self.related = frozenset(related)
        self.duplicate_of_call: dict[int | None, Appointment] = {}
        self._of_call: dict[int | None, list[Appointment]] = defaultdict(list)
        self._of_customer_at: dict[tuple[int, datetime], list[Appointment]] = defaultdict(list)
        for one in appointments:
            if one.id in duplicates or one.calcom_v2_booking_id is None:
                self.duplicate_of_call[one.call_id] = one
                continue
            self._of_call[one.call_id].append(one)
            if one.is_live:
                self._of_customer_at[one.customer_id, one.starts_at].append(one)

    def booked_by(self, call: Call) -> Sequence[Appointment]:
        """Appointments that the call made, also those that were cancelled since."""
        return self._of_call.get(call.id, ())

    def held_before(self, call: Call, start: datetime) -> Appointment | None:
        """The standing appointment that the call's customer had at that start already when the call came."""
        held = self._of_customer_at.get((call.customer_id, start), ()) if call.customer_id is not None else ()
        return next((one for one in held if one.created_at <= call.created_at), None)


def find_orphan_calls(calls: Iterable[Call], ledger: Ledger) -> list[OrphanCall]:
    """Every call that wanted or made an appointment and points to none, with its remedy if there is one."""
    unlinked = (call for call in calls if call.appointment_id is None)
    return [_orphan(call, ledger) for call in unlinked if call.booking_details or ledger.booked_by(call)]


def find_missing_links(calls: Iterable[Call], ledger: Ledger) -> list[MissingLink]:
    """Every link that can be told from the rows, by call."""
    return [link for call in calls for link in _missing_links(call, ledger)]


def _missing_links(call: Call, ledger: Ledger) -> list[MissingLink]:
    """What the call booked and does not know of; else what its customer held already when it asked."""
    booked = ledger.booked_by(call)
    if booked:
        return [
            MissingLink(call.id, one.id, CallRelation.ORIGINAL, call.id)
            for one in booked
            if call.appointment_id is None or (one.id, call.id) not in ledger.related
        ]
    start = wanted_start(call.booking_details)
    held = ledger.held_before(call, start) if start and call.appointment_id is None else None
    return [MissingLink(call.id, held.id, CallRelation.DUPLICATE_ATTEMPT, held.call_id)] if held else []


def _orphan(call: Call, ledger: Ledger) -> OrphanCall:
    link = next(iter(_missing_links(call, ledger)), None)
    reason = _why_not(call, ledger) if link is None else f"{link.relation} of appointment {link.appointment_id}"
    return OrphanCall(call.id, link, reason)


def wanted_start(details: Mapping[str, Any] | None) -> datetime | None:
    """The start that booking details name, in UTC; None when they name none that can be read."""
    text = (details or {}).get("starts_at")
    if not isinstance(text, str):
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)


def _why_not(call: Call, ledger: Ledger) -> str:
    duplicate = ledger.duplicate_of_call.get(call.id)
    if duplicate is not None and duplicate.calcom_v2_booking_id is None:
        return f"its appointment {duplicate.id} was a duplicate and is settled: the customer has none"
    if duplicate is not None:
        return f"its appointment {duplicate.id} is a duplicate: settle duplicates first"
    if wanted_start(call.booking_details) is None:
        return "its booking details name no start"
    if call.customer_id is None:
        return "its customer is not known"
    return "its customer held no appointment at that time"
