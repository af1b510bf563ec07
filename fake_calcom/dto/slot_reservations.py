"""The body of a slot reservation."""

from __future__ import annotations

from fake_calcom.dto.checks import INT, STRICT_DATE, at_least, at_most
from fake_calcom.dto.shape import Property, Shape

MINUTES_MAX = 24 * 60 * 366
RESERVE_SLOT = Shape(
    (
        Property("eventTypeId", (INT,), required=True),
        Property("slotStart", (STRICT_DATE,), required=True),
        Property("slotDuration", (at_most(MINUTES_MAX), at_least(1), INT)),
        Property("reservationDuration", (at_most(MINUTES_MAX), at_least(1), INT)),
    )
)
