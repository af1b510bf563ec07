"""Layer 1, freshness: only OLDER than the threshold is stale, and the age is signed."""

from __future__ import annotations

from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import STRICT, LayerCase

_FRESH, _STALE, _UNVERIFIED = {1: Verdict.FRESH}, {1: Verdict.STALE}, {1: Verdict.UNVERIFIED}
_STRICTLY_STALE = {STRICT: _STALE}


def cases() -> list[LayerCase]:
    """Ten rows."""
    return [
        LayerCase("created-this-very-instant", _FRESH, age_s=0),
        LayerCase("five-seconds-old", _FRESH, age_s=5),
        LayerCase("a-microsecond-below-the-threshold", _FRESH, age_s=29.999999),
        LayerCase("exactly-at-the-threshold", _FRESH, age_s=30),
        LayerCase("a-microsecond-above-the-threshold", _STALE, age_s=30.000001),
        LayerCase("thirty-five-seconds-old", _STALE, age_s=35),
        LayerCase("two-minutes-old", _STALE, age_s=120),
        LayerCase("call-688s-answer", _STALE, answer={"createdAt": "2025-10-06T09:05:21.002Z"}),
        LayerCase("created-at-is-missing", _UNVERIFIED, answer={"createdAt": None}, under=_STRICTLY_STALE),
        LayerCase("cal-com-27-seconds-ahead", _FRESH, age_s=-27),
    ]
