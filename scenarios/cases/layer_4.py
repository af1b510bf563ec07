"""Layer 4, unique booking: the database's own key, asked by an insert."""

from __future__ import annotations

from booking_core.domain.model import AppointmentStatus
from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import UID, LayerCase, Stored

_IN, _REFUSED = {4: Verdict.INSERTED}, {4: Verdict.ALREADY_STORED}
_CANCELLED = AppointmentStatus.CANCELLED


def cases() -> list[LayerCase]:
    """Ten rows."""
    return [
        LayerCase("key-first-row", _IN),
        LayerCase("key-own-row", _REFUSED, stored=(Stored(),)),
        LayerCase("key-another-customers-row", _REFUSED, stored=(Stored(customer=2),)),
        LayerCase("key-cancelled-row-holds-it-still", _REFUSED, stored=(Stored(status=_CANCELLED),)),
        LayerCase("key-settled-duplicate-gave-it-up", _IN, stored=(Stored(uid=None, status=_CANCELLED),)),
        LayerCase("key-many-rows-without-a-booking", _IN, stored=(Stored(uid=None),) * 3),
        LayerCase("key-other-bookings", _IN, stored=(Stored(uid="one"), Stored(uid="two"))),
        LayerCase("key-case-matters", _IN, stored=(Stored(uid=UID.swapcase()),)),
        LayerCase("key-a-longer-uid-is-another", _IN, stored=(Stored(uid=UID + "X"),)),
        LayerCase("key-an-old-answer-of-own-call", _REFUSED, age_s=86_400, stored=(Stored(),)),
    ]
