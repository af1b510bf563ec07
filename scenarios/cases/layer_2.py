"""Layer 2, call identity: `metadata.call_id`, or without one the attendee."""

from __future__ import annotations

from booking_core.domain.model import Attendee
from booking_core.domain.outcomes import Verdict
from scenarios.cases.layer_case import STRICT, LayerCase

_OWN, _FOREIGN, _UNVERIFIED = {2: Verdict.OWN_CALL}, {2: Verdict.FOREIGN_CALL}, {2: Verdict.UNVERIFIED}
_STRICTLY = {STRICT: _FOREIGN}
_COMPARED = {STRICT: _FOREIGN, "hardened": _FOREIGN}
_SPUTER = {"name": "Hansi Sputer", "email": "termin@askproai.de"}
_NOTHING: dict[str, object] = {"metadata": {}}


def cases() -> list[LayerCase]:
    """Ten rows."""
    return [
        LayerCase("own-call-id", _OWN),
        LayerCase("another-calls-id", _FOREIGN, answer={"metadata": {"call_id": "call_927b"}}),
        LayerCase("own-call-id-in-capitals-is-another", _FOREIGN, answer={"metadata": {"call_id": "CALL_OWN"}}),
        LayerCase("own-call-id-with-a-space-is-another", _FOREIGN, answer={"metadata": {"call_id": "call_own "}}),
        LayerCase("own-call-id-under-another-name", _OWN, answer={"attendees": [_SPUTER]}),
        LayerCase("no-call-id", _UNVERIFIED, answer=_NOTHING, under=_STRICTLY),
        LayerCase("no-call-id-another-name", _UNVERIFIED, answer=_NOTHING | {"attendees": [_SPUTER]}, under=_COMPARED),
        LayerCase("no-call-id-no-attendee", _UNVERIFIED, answer=_NOTHING | {"attendees": []}, under=_STRICTLY),
        LayerCase(
            "no-call-id-same-name-spelt-otherwise",
            _UNVERIFIED,
            answer=_NOTHING | {"attendees": [{"name": "  hans  SCHUSTER ", "email": "Termin@AskProAI.de"}]},
            under=_STRICTLY,
        ),
        LayerCase(
            "no-call-id-another-phone",
            _UNVERIFIED,
            answer=_NOTHING | {"attendees": [{"name": "Hans Schuster", "phoneNumber": "+49301"}]},
            sent=Attendee("Hans Schuster", None, "+49302"),
            under=_COMPARED,
        ),
    ]
