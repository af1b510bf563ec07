"""Layer 3, existing appointment: whether a local row holds the booking already."""

from __future__ import annotations

from booking_core.domain.model import AppointmentStatus
from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import UID, LayerCase, Stored

_NEW, _STORED = {3: Verdict.NOT_STORED}, {3: Verdict.ALREADY_STORED}
_CANCELLED = AppointmentStatus.CANCELLED


def cases() -> list[LayerCase]:
    """Ten rows."""
    return [
        LayerCase("no-row-at-all", _NEW),
        LayerCase("the-customers-own-row", _STORED, stored=(Stored(),)),
        LayerCase("another-customers-row", _STORED, stored=(Stored(customer=2),)),
        LayerCase("the-customers-other-booking", _NEW, stored=(Stored(uid="another"),)),
        LayerCase("a-row-without-a-booking", _NEW, stored=(Stored(uid=None),)),
        LayerCase("two-rows-without-a-booking", _NEW, stored=(Stored(uid=None), Stored(customer=2, uid=None))),
        LayerCase("own-row-cancelled", _STORED, stored=(Stored(status=_CANCELLED),)),
        LayerCase("another-customers-row-cancelled", _STORED, stored=(Stored(customer=2, status=_CANCELLED),)),
        LayerCase("uids-differ-in-case", _NEW, stored=(Stored(uid=UID.swapcase()),)),
        LayerCase("one-uid-begins-with-the-other", _NEW, stored=(Stored(uid=UID[:-1]), Stored(uid=UID + "X"))),
    ]
