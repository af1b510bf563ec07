"""All four layers on one answer: which of them see it, so that each is the last one standing somewhere."""

from __future__ import annotations

from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import STRICT, LayerCase, Stored

_V = Verdict
_OTHERS = {"metadata": {"call_id": "call_927b"}}
_SILENT: dict[str, object] = {"createdAt": None, "metadata": {}}
_OLD_S = 2040.998


def cases() -> list[LayerCase]:
    """Ten rows."""
    return [*_seen_by_all_or_none(), *_seen_by_some()]


def _seen_by_all_or_none() -> list[LayerCase]:
    return [
        LayerCase("fresh-own-new", _all(_V.FRESH, _V.OWN_CALL, _V.NOT_STORED, _V.INSERTED)),
        LayerCase(
            "incident-a-call-688",
            _all(_V.STALE, _V.FOREIGN_CALL, _V.ALREADY_STORED, _V.ALREADY_STORED),
            age_s=_OLD_S,
            answer=_OTHERS,
            stored=(Stored(customer=2),),
        ),
        LayerCase(
            "incident-b-call-766",
            _all(_V.STALE, _V.FOREIGN_CALL, _V.ALREADY_STORED, _V.ALREADY_STORED),
            age_s=71_977.815,
            answer=_OTHERS,
            stored=(Stored(),),
        ),
    ]


def _seen_by_some() -> list[LayerCase]:
    return [
        LayerCase(
            "a-race-only-2-sees-it-before-the-row",
            _all(_V.FRESH, _V.FOREIGN_CALL, _V.NOT_STORED, _V.INSERTED),
            answer=_OTHERS,
        ),
        LayerCase(
            "own-retry-only-1-turns-it-down",
            _all(_V.STALE, _V.OWN_CALL, _V.NOT_STORED, _V.INSERTED),
            age_s=31,
        ),
        LayerCase(
            "own-retry-in-time-3-and-4-see-the-row",
            _all(_V.FRESH, _V.OWN_CALL, _V.ALREADY_STORED, _V.ALREADY_STORED),
            age_s=5,
            stored=(Stored(),),
        ),
        LayerCase(
            "a-silent-answer-passes-unverified",
            _all(_V.UNVERIFIED, _V.UNVERIFIED, _V.NOT_STORED, _V.INSERTED),
            answer=_SILENT,
            under={STRICT: {1: _V.STALE, 2: _V.FOREIGN_CALL}},
        ),
        LayerCase(
            "a-silent-answer-that-is-stored",
            _all(_V.UNVERIFIED, _V.UNVERIFIED, _V.ALREADY_STORED, _V.ALREADY_STORED),
            answer=_SILENT,
            stored=(Stored(customer=2),),
            under={STRICT: {1: _V.STALE, 2: _V.FOREIGN_CALL}},
        ),
        LayerCase(
            "a-ghost-of-another-call-no-row-knows-it",
            _all(_V.STALE, _V.FOREIGN_CALL, _V.NOT_STORED, _V.INSERTED),
            age_s=_OLD_S,
            answer=_OTHERS,
        ),
        LayerCase(
            "cal-com-ahead-hides-the-age-the-row-does-not",
            _all(_V.FRESH, _V.FOREIGN_CALL, _V.ALREADY_STORED, _V.ALREADY_STORED),
            age_s=-120,
            answer=_OTHERS,
            stored=(Stored(customer=2),),
        ),
    ]


def _all(first: Verdict, second: Verdict, third: Verdict, fourth: Verdict) -> dict[int, Verdict]:
    return {1: first, 2: second, 3: third, 4: fourth}
