"""Layer 1, freshness: a booking made by this request is seconds old; an old one is somebody's earlier booking."""

from __future__ import annotations

from datetime import datetime

from booking_core.domain.model import CalcomBooking
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict
from booking_core.profiles import Defences


def judge_freshness(booking: CalcomBooking, now: datetime, settings: Defences) -> LayerVerdict:
    """Compare the answer's `createdAt` with the gateway's clock.

    Only OLDER than the threshold is stale. The age is signed on purpose: with Cal.com's clock ahead a new booking
    lies in the future, and an absolute difference would call it old.
    """
    if booking.created_at is None:
        return _unverified(settings)
    age_s = (now - booking.created_at).total_seconds()
    stale = age_s > settings.threshold_s
    suspicious = -age_s > settings.tolerated_skew_s
    return LayerVerdict(
        Layer.FRESHNESS,
        Verdict.STALE if stale else Verdict.FRESH,
        _reason(age_s, settings, stale=stale, suspicious=suspicious),
        age_seconds=age_s,
        threshold_seconds=settings.threshold_s,
        suspicious=suspicious,
    )


def _unverified(settings: Defences) -> LayerVerdict:
    verdict = Verdict.STALE if settings.strict else Verdict.UNVERIFIED
    reason = "createdAt is missing" + (", which the strict setting turns down" if settings.strict else "")
    return LayerVerdict(Layer.FRESHNESS, verdict, reason, threshold_seconds=settings.threshold_s)


def _reason(age_s: float, settings: Defences, *, stale: bool, suspicious: bool) -> str:
    if stale:
        return f"created {age_s:.3f} s ago, the threshold is {settings.threshold_s:g} s"
    if suspicious:
        return f"created {-age_s:.3f} s in the future, tolerated are {settings.tolerated_skew_s:g} s"
    return f"created {age_s:.3f} s ago, within {settings.threshold_s:g} s"
