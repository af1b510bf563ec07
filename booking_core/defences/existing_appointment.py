"""Layer 3, existing appointment: a booking that is new here has no row here."""

from __future__ import annotations

from booking_core.domain.model import Appointment
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict


def judge_existing_appointment(existing: Appointment | None, customer_id: int) -> LayerVerdict:
    """Say whether the booking's local row is there already, and whether it is this customer's."""
    if existing is None:
        return LayerVerdict(Layer.EXISTING_APPOINTMENT, Verdict.NOT_STORED, "no appointment holds this booking")
    return LayerVerdict(
        Layer.EXISTING_APPOINTMENT, Verdict.ALREADY_STORED, stored_reason(existing, customer_id), existing=existing
    )


def stored_reason(existing: Appointment, customer_id: int) -> str:
    """Whose row it is, in words for logs and timelines: ids only."""
    whose = "the same customer" if existing.customer_id == customer_id else "another customer"
    return f"appointment {existing.id} of {whose} holds this booking"
