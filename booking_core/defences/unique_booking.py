"""Layer 4, unique booking: the database's key `unique_calcom_v2_booking_id` has the last word on an insert."""

from __future__ import annotations

from booking_core.defences.existing_appointment import stored_reason
from booking_core.domain.model import Appointment
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict


def insert_passed() -> LayerVerdict:
    """The key let the row in: nobody else holds the booking."""
    return LayerVerdict(Layer.UNIQUE_BOOKING, Verdict.INSERTED, "the unique key let the row in")


def insert_refused(winner: Appointment | None, customer_id: int) -> LayerVerdict:
    """The key refused the row; `winner` was read in a new transaction, None when it is gone again."""
    whose = stored_reason(winner, customer_id) if winner else "its row is gone again"
    return LayerVerdict(
        Layer.UNIQUE_BOOKING, Verdict.ALREADY_STORED, f"the unique key refused the row: {whose}", existing=winner
    )
