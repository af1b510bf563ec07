"""Edges: clocks, zones, the days on which Berlin's clocks change, odd dates and names, other people's rows."""

from __future__ import annotations

from booking_core.domain.model import Attendee
from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import STRICT, LayerCase, Stored

_FRESH, _STALE, _UNVERIFIED = {1: Verdict.FRESH}, {1: Verdict.STALE}, {1: Verdict.UNVERIFIED}
_STRICTLY_STALE = {STRICT: _STALE}
_STRICTLY_FOREIGN = {STRICT: {2: Verdict.FOREIGN_CALL}}
_PASSES_2 = {2: Verdict.UNVERIFIED}


def cases() -> list[LayerCase]:
    """Fifteen rows; the gateway's clock shows 2025-10-06T09:39:22Z."""
    return [*_clocks(), *_dates(), *_people()]


def _clocks() -> list[LayerCase]:
    return [
        LayerCase("skew-at-the-tolerated-120-s", _FRESH, age_s=-120),
        LayerCase("skew-beyond-it-passes-and-is-suspicious", _FRESH, age_s=-120.001),
        LayerCase("gateway-31-s-ahead", _STALE, age_s=31),
        LayerCase("a-hundred-years-old", _STALE, answer={"createdAt": "1925-10-06T09:39:22Z"}),
        LayerCase("created-in-the-year-9999", _FRESH, answer={"createdAt": "9999-12-31T23:59:59Z"}),
    ]


def _dates() -> list[LayerCase]:
    return [
        LayerCase("berlin-offset-is-the-same-instant", _FRESH, answer={"createdAt": "2025-10-06T11:39:20+02:00"}),
        LayerCase("no-offset-is-utc", _FRESH, answer={"createdAt": "2025-10-06T09:39:20"}),
        LayerCase("created-in-the-hour-that-comes-twice", _STALE, answer={"createdAt": "2024-10-27T02:30:00+02:00"}),
        LayerCase("created-in-the-hour-that-is-left-out", _STALE, answer={"createdAt": "2025-03-30T02:30:00+01:00"}),
        LayerCase("not-a-date", _UNVERIFIED, answer={"createdAt": "gestern"}, under=_STRICTLY_STALE),
        LayerCase(
            "the-31st-of-february", _UNVERIFIED, answer={"createdAt": "2025-02-31T00:00:00Z"}, under=_STRICTLY_STALE
        ),
        LayerCase("a-number-for-a-date", _UNVERIFIED, answer={"createdAt": 1759743560}, under=_STRICTLY_STALE),
    ]


def _people() -> list[LayerCase]:
    composed, decomposed = "J\u00f6rg M\u00fcller", "Jo\u0308rg Mu\u0308ller"
    return [
        LayerCase(
            "one-umlaut-in-two-unicode-forms-is-one-name",
            _PASSES_2,
            answer={"metadata": None, "attendees": [{"name": decomposed}]},
            sent=Attendee(composed, None),
            under=_STRICTLY_FOREIGN,
        ),
        LayerCase(
            "a-call-id-that-is-no-text-counts-as-missing",
            _PASSES_2,
            answer={"metadata": {"call_id": 688}},
            under=_STRICTLY_FOREIGN,
        ),
        LayerCase(
            "a-namesakes-row-is-another-customers",
            {3: Verdict.ALREADY_STORED, 4: Verdict.ALREADY_STORED},
            stored=(Stored(customer=2),),
        ),
    ]
