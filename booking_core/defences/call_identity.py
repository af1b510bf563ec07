"""Layer 2, call identity: a booking of this call carries this call's id in its metadata."""

from __future__ import annotations

import unicodedata

from booking_core.domain.model import Attendee, CalcomBooking
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict
from booking_core.profiles import Defences


def judge_call_identity(
    booking: CalcomBooking, retell_call_id: str, sent: Attendee, settings: Defences
) -> LayerVerdict:
    """Compare the answer's `metadata.call_id` with this call's id; without one, its attendee with the one sent.

    Cal.com returns an existing booking with the metadata and attendee of the request that made it.
    """
    received = booking.retell_call_id
    if received is not None:
        own = received == retell_call_id
        verdict = Verdict.OWN_CALL if own else Verdict.FOREIGN_CALL
        reason = "metadata.call_id is this call's" if own else "metadata.call_id is another call's"
    elif settings.strict:
        verdict, reason = Verdict.FOREIGN_CALL, "metadata.call_id is missing, which the strict setting turns down"
    elif settings.compare_attendee and is_clearly_another(booking.attendee, sent):
        verdict, reason = Verdict.FOREIGN_CALL, "metadata.call_id is missing and the attendee is not the one sent"
    else:
        verdict, reason = Verdict.UNVERIFIED, "metadata.call_id is missing"
    return LayerVerdict(
        Layer.CALL_IDENTITY, verdict, reason, expected_call_id=retell_call_id, received_call_id=received
    )


def is_clearly_another(answered: Attendee | None, sent: Attendee) -> bool:
    """Whether an answered attendee differs from the one sent in something that both tell.

    Cal.com stores what it is sent, so a difference means another request; spelling (case, spaces, Unicode form) does
    not count. What one side leaves out proves nothing.
    """
    if answered is None:
        return False
    pairs = ((answered.name, sent.name), (answered.email, sent.email), (answered.phone, sent.phone))
    return any(_differ(theirs, ours) for theirs, ours in pairs)


def _differ(theirs: str | None, ours: str | None) -> bool:
    return bool(theirs) and bool(ours) and _plain(theirs or "") != _plain(ours or "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
